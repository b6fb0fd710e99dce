"""The recorder: what runs is written down, line by line, for our policies and a learner's class."""

import inspect
import sys
import threading
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import FIFO, LFU, LRU, POLICIES, Cache
from cachelab.lab.recorder import record


class Node:
    def __init__(self, key: Any = None, value: Any = None) -> None:
        self.key, self.value = key, value


class LRUCache:
    """The interview's shape: a map, a ring around a sentinel, a lock."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.map: dict[Any, Node] = {}
        self.root: Any = Node()
        self.root.prev = self.root.next = self.root
        self.lock = threading.RLock()

    def _unlink(self, node: Any) -> None:
        node.prev.next, node.next.prev = node.next, node.prev

    def _append(self, node: Any) -> None:
        last = self.root.prev
        last.next = self.root.prev = node
        node.prev, node.next = last, self.root

    def get(self, key: Any, default: Any = None) -> Any:
        with self.lock:
            node = self.map.get(key)
            if node is None:
                return default
            self._unlink(node)
            self._append(node)
            return node.value

    def put(self, key: Any, value: Any) -> None:
        with self.lock:
            if key in self.map:
                self.map[key].value = value
                return
            if len(self.map) == self.capacity:
                oldest = self.root.next
                self._unlink(oldest)
                del self.map[oldest.key]
            self.map[key] = Node(key, value)
            self._append(self.map[key])

    def delete(self, key: Any) -> bool:
        node = self.map.pop(key, None)
        if node is not None:
            self._unlink(node)
        return node is not None

    def __contains__(self, key: Any) -> bool:
        return key in self.map

    def __len__(self) -> int:
        return len(self.map)

    def hit_rate(self) -> float:
        return 0.25


def verdicts(recording: Any) -> list[tuple[bool | None, tuple[Any, ...]]]:
    return [(outcome.hit, outcome.victims) for outcome in recording.outcomes]


@pytest.mark.parametrize("subject", [LRU, "lru", LRUCache])
def test_each_request_is_told_as_hit_or_miss_with_its_victims(subject: Any) -> None:
    miss, hit = (False, ()), (True, ())
    assert verdicts(record(subject, "a b c a d a e")) == [
        miss, miss, miss, hit, (False, ("b",)), hit, (False, ("c",)),
    ]  # fmt: skip


def test_each_line_of_the_policy_is_recorded_with_what_it_left() -> None:
    recording = record(LRU, "a b a c", capacity=2)
    told = [(m.operation, m.function, m.after.lanes["recency"]) for m in recording.moments]
    assert told[-5:] == [
        (2, "hit", ("b", "a")),
        (3, "insert", ("b", "a")),
        (3, "insert", ("a",)),
        (3, "insert", ("a", "c")),
        (3, "insert", ("a", "c")),
    ]


def test_only_lines_of_the_policys_own_file_are_recorded() -> None:
    recording = record(FIFO, "a b c d")
    assert {moment.place[0] for moment in recording.moments} == {inspect.getfile(FIFO)}


def test_a_line_gone_back_to_after_a_call_counts_again_when_it_changed_something() -> None:
    recording = record(LRUCache, "a", capacity=1)
    source = inspect.getsource(LRUCache.put).splitlines()
    line = next(n for n, text in enumerate(source) if "= Node(key, value)" in text)
    number = inspect.getsourcelines(LRUCache.put)[1] + line
    maps = [m.after.lanes["map"] for m in recording.moments if m.place[1] == number]
    assert maps == [(), ("a",)]


def test_the_source_of_the_functions_that_ran_comes_along() -> None:
    recording = record(LRU, "a b", capacity=2)
    assert [listing.function for listing in recording.listings] == ["insert"]
    assert recording.listings[0].lines[0].strip().startswith("def insert(self")


def test_a_hand_made_list_is_read_without_its_sentinel() -> None:
    recording = record(LRUCache, "a b c a d")
    assert recording.outcomes[-1].after.lanes["root"] == ("c", "a", "d")


def test_operations_in_the_shared_form_are_answered() -> None:
    operations = [
        ("put", "a", 0),
        ("get", "a"),
        ("get", "z", "none"),
        ("in", "a"),
        ("len",),
        ("hit_rate",),
        ("delete", "a"),
        ("delete", "a"),
    ]
    answers = [outcome.answer for outcome in record(LRUCache, operations, 2).outcomes]
    assert answers == [None, 0, "none", True, 1, 0.25, True, False]


def test_a_stored_none_is_a_hit() -> None:
    recording = record(LRU, [("put", "a", None), ("get", "a"), ("get", "b")], 2)
    assert [outcome.hit for outcome in recording.outcomes] == [None, True, False]


def test_a_stored_none_that_was_evicted_is_a_miss() -> None:
    for subject in (LRU, LRUCache):
        recording = record(subject, [("put", "a", None), ("put", "b", 1), ("get", "a")], 1)
        assert recording.outcomes[-1].hit is False


def test_a_policy_that_knows_requests_only_is_not_given_other_operations() -> None:
    with pytest.raises(ValueError, match=r"Belady knows requests only: .* not \('put', 'a', 1\)"):
        record("belady", [("put", "a", 1), ("get", "a")])


def test_a_deleted_key_is_no_victim() -> None:
    recording = record(LRU, [("put", "a", 1), ("delete", "a")])
    assert recording.outcomes[-1].victims == ()


def test_an_operation_that_raises_is_the_last_one_and_says_why() -> None:
    class Broken(LRUCache):
        def put(self, key: Any, value: Any) -> None:
            if len(self.map) == 2:
                raise KeyError(key)
            super().put(key, value)

    recording = record(Broken, "a b c d")
    assert len(recording.outcomes) == 3
    assert recording.outcomes[-1].error == "KeyError: 'c'"


def test_a_method_that_is_missing_is_an_error_of_that_operation() -> None:
    class Plain:
        def __init__(self, capacity: int) -> None:
            self.held: dict[Any, Any] = {}

        def get(self, key: Any) -> Any:
            return self.held.get(key)

        def put(self, key: Any, value: Any) -> None:
            self.held[key] = value

    recording = record(Plain, [("put", "a", 1), ("delete", "a"), ("len",)])
    assert "has no attribute 'delete'" in recording.outcomes[-1].error


def test_a_class_without_source_is_recorded_request_by_request() -> None:
    namespace: dict[str, Any] = {}
    exec(
        inspect.getsource(Node) + "\n\n" + inspect.getsource(LRUCache),
        globals() | namespace,
        namespace,
    )
    recording = record(namespace["LRUCache"], "a b a")
    assert (recording.moments, len(recording.outcomes)) == ((), 3)


def test_a_notebook_cell_counts_as_a_file() -> None:
    import linecache

    text = (
        "class Cell(Base):\n"
        "    def put(self, key, value):\n"
        "        self.last = key\n"
        "        super().put(key, value)\n"
    )
    name = "<cell 7>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"Base": LRUCache, "__name__": "__main__"}
    exec(compile(text, name, "exec"), namespace)
    recording = record(namespace["Cell"], "a")
    del linecache.cache[name]
    assert (name, 3) in {moment.place for moment in recording.moments}


def test_a_subclass_of_a_standard_container_shows_its_own_lines_only() -> None:
    class Ordered(OrderedDict[Any, Any]):
        def __init__(self, capacity: int) -> None:
            super().__init__()
            self.capacity = capacity

        def get(self, key: Any, default: Any = None) -> Any:
            if key in self:
                self.move_to_end(key)
            return super().get(key, default)

        def put(self, key: Any, value: Any) -> None:
            self[key] = value
            if len(self) > self.capacity:
                self.popitem(last=False)

    recording = record(Ordered, "a b a c", capacity=2)
    assert recording.outcomes[-1].victims == ("b",)
    assert recording.outcomes[-1].after.lanes == {"self": ("a", "c")}


class TestTheTracerThatWasThere:
    """A debugger or a coverage tool goes on after a recording."""

    @pytest.fixture(autouse=True)
    def tracer(self) -> Any:
        before = sys.gettrace()

        def mine(frame: Any, event: str, arg: Any) -> Any:
            return None

        sys.settrace(mine)
        yield mine
        sys.settrace(before)

    def test_is_put_back(self, tracer: Any) -> None:
        record(LRU, "a b c d")
        assert sys.gettrace() is tracer

    def test_is_put_back_after_an_operation_that_raises(self, tracer: Any) -> None:
        class Broken(LRUCache):
            def get(self, key: Any, default: Any = None) -> Any:
                raise RuntimeError("no")

        record(Broken, "a")
        assert sys.gettrace() is tracer

    def test_is_put_back_after_a_recording_that_is_given_up(self, tracer: Any) -> None:
        with pytest.raises(ValueError, match="more than 5 lines"):
            record(LRU, "a b c d", max_steps=5)
        assert sys.gettrace() is tracer


def test_a_loop_that_never_ends_is_given_up_in_words() -> None:
    class Endless(LRUCache):
        def put(self, key: Any, value: Any) -> None:
            while True:
                try:
                    self.map.pop(key, None)
                except Exception:  # noqa: BLE001  # as a learner may write it
                    continue

    with pytest.raises(
        ValueError, match=r"Endless ran more than 2,000 lines by operation 1 of 2.*loop"
    ):
        record(Endless, "a b")


def test_a_run_too_long_to_step_through_says_how_to_shorten_it() -> None:
    with pytest.raises(ValueError, match="give fewer requests"):
        record(LRU, [n % 7 for n in range(2_000)])


@pytest.mark.parametrize(
    ("subject", "operations", "capacity", "message"),
    [
        ("lifo", "a", 3, "unknown policy 'lifo'"),
        (LRU, "", 3, "nothing to record"),
        (LRU, [("put", "a")], 3, "not complete"),
        (LRU, "a", 1000, "too large to watch"),
        (LRU, "a", 0, "at least 1"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(
    subject: Any, operations: Any, capacity: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        record(subject, operations, capacity)


def test_an_object_in_place_of_a_class_is_refused() -> None:
    with pytest.raises(TypeError, match="give the class itself"):
        record(LRU(3), "a")  # type: ignore[arg-type]


def test_a_class_without_get_and_put_is_refused() -> None:
    with pytest.raises(TypeError, match="int has no method get and no method put"):
        record(int, "a")


@given(
    st.sampled_from(["fifo", "lru", "lfu"]),
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=25),
    st.integers(1, 5),
)
def test_watching_a_policy_changes_nothing_about_it(
    name: str, keys: list[str], capacity: int
) -> None:
    cache = Cache(POLICIES[name](capacity))
    expected = []
    for key in keys:
        before = set(cache)
        hit = cache.get(key) is not None
        if not hit:
            cache.put(key, 1)
        expected.append((hit, tuple(sorted(before - set(cache)))))
    assert verdicts(record(name, keys, capacity)) == expected


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=25), st.integers(1, 5))
def test_a_learners_right_class_tells_the_same_as_our_policy(
    keys: list[str], capacity: int
) -> None:
    assert verdicts(record(LRUCache, keys, capacity)) == verdicts(record(LRU, keys, capacity))


def test_lfu_shows_its_shelves() -> None:
    recording = record(LFU, "a a b", capacity=2)
    assert recording.outcomes[-1].after.lanes["shelves 2"] == ("a",)
