"""Runs in a world of the judge's: what a submission can reach, and whose call comes next."""

from random import Random

import pytest

from cachelab.grading.expecting import anything, exactly
from cachelab.grading.pool import PlayerPool
from cachelab.grading.runs import Expectation
from cachelab.grading.sandbox import choose_level
from cachelab.grading.session import Session
from cachelab.grading.stories import TOGETHER, Script, Tale
from cachelab.grading.telling import explore_scenes, play_tales, tell
from cachelab.grading.world import Named, Ported, World
from cachelab.ports import MISSING, MemorySource, MemoryStore, StoreError

ASIDE = """
import threading
from cachelab.ports import MISSING, StoreError

calls = [0]

class Aside:
    def count(self):
        calls[0] += 1
        return calls[0]

    def __init__(self, store, source, runtime, ttl=60):
        self.store, self.source, self.runtime, self.ttl = store, source, runtime, ttl
        self.lock = runtime.lock()
        self.mine = threading.RLock()

    def read(self, key):
        value = self.store.get(key)
        if value is not MISSING:
            return value
        row = self.source.read(key)
        value = None if row is MISSING else row.value
        self.store.set(key, value, ttl=self.ttl)
        return value

    def write(self, key, value):
        self.source.write(key, value)
        self.store.delete(key)

    def tolerant(self, key):
        try:
            return self.store.get(key)
        except StoreError as error:
            return f"{type(error).__name__}: {error}"

    def later(self, key):
        task = self.runtime.spawn(self.read, key)
        self.runtime.sleep(1)
        return task.join()

    def failing(self):
        return self.runtime.spawn(self.boom).join()

    def boom(self):
        raise LookupError("mine")

    def locked(self, key):
        with self.lock:
            return self.read(key)

    def stuck(self):
        self.runtime.event().wait()

    def for_ever(self):
        while True:
            self.runtime.sleep(1)

    def keeps(self):
        self.mine.acquire()

    def takes(self):
        return self.mine.acquire()

    def private(self):
        return self.store._drop("k", None)

    def entries(self):
        return self.store.entries()
"""


class AsideWorld(World):
    """A store whose server can be down, and a source."""

    def __init__(self, settings, schedule):
        super().__init__(schedule)
        self.store, self.source = MemoryStore(clock=self.runtime), MemorySource()
        self.is_down = False

    def making(self):
        names = ("store", "source", "runtime")
        ports = [self.add(name, getattr(self, name)) for name in names[:2]]
        return (*ports, Ported("runtime"), Named("ttl", 60))

    def do_break_store(self):
        def broken(key):
            raise StoreError("no route to host")

        class Broken:
            def get(self, key):
                return broken(key)

        self.ports["store"] = Broken()

    def do_stale(self):
        kept, row = self.store.get("k"), self.source.read("k")
        return kept is not MISSING and kept != row.value

    def do_now(self):
        return self.runtime.now()


class AsideModel:
    """Knows the rows, and that nothing stale may stay."""

    def __init__(self, settings):
        self.rows = {}

    def born(self):
        return anything()

    def expect(self, operation):
        if operation[0].endswith("write"):
            self.rows[operation[1]] = operation[2]
        if operation[0].startswith("other."):
            return exactly(None, "so that there is something to tell")
        if operation[0] == "read":
            return exactly(self.rows.get(operation[1]), "that is the row")
        if operation[0] == "@stale":
            return exactly(False, "the row was written before")
        return anything()


def draw(random, model):
    return random.choice([("read", "k"), ("write", "k", random.randint(1, 9)), ("@sleep", 61)])


TALE = Tale(AsideWorld, AsideModel, ((),), draw)


@pytest.fixture(scope="module")
def session():
    with PlayerPool(choose_level("process"), ASIDE) as pool, Session(pool, "Aside", 60.0) as opened:
        yield opened


def play(session, *steps, schedule=()):
    return TALE.play(session, Script((), steps, schedule)).outcomes[1:]


def test_a_submission_works_on_the_judges_store_and_source(session):
    outcomes = play(session, ("write", "k", [1, None]), ("read", "k"), ("@stale",))
    assert outcomes == [{"value": None}, {"value": {"list": [1, None]}}, {"value": False}]


def test_a_submission_gets_the_errors_of_a_port_under_their_names(session):
    assert play(session, ("@break_store",), ("tolerant", "k"))[-1] == {
        "value": "StoreError: no route to host"
    }


def test_virtual_time_passes_while_a_task_of_the_submission_sleeps(session):
    assert play(session, ("later", "k"), ("@now",))[-1] == {"value": {"float": "1.0"}}


def test_an_error_in_a_spawned_task_comes_out_of_its_join(session):
    [outcome] = play(session, ("failing",))
    assert outcome["raised"][:2] == ["LookupError", "mine"]


def test_a_lock_of_the_runtime_keeps_tasks_apart(session):
    together = (("A", (("locked", "k"),)), ("B", (("locked", "k"),)))
    script = Script((), (("write", "k", 1), (TOGETHER, together)), (1,) * 20)
    world = TALE.play(session, script).world
    assert [call.port for call in world.calls if call.port == "source"] == ["source"] * 2


@pytest.mark.parametrize(
    ("method", "said"),
    [("stuck", "waits for something that never happens"), ("for_ever", "without an end")],
)
def test_a_call_that_never_ends_is_named(session, method, said):
    assert said in play(session, (method,))[-1]["lost"]


def test_a_lock_that_one_task_has_kept_is_not_free_for_the_next(session):
    assert "never happens" in play(session, ("keeps",), ("takes",))[-1]["lost"]


def test_what_a_task_left_behind_when_a_run_was_stopped_does_not_reach_the_next_run(session):
    assert "never happens" in play(session, ("stuck",))[-1]["lost"]
    assert play(session, ("write", "k", 1), ("read", "k")) == [{"value": None}, {"value": 1}]


@pytest.mark.parametrize("method", ["private", "entries"])
def test_only_public_methods_of_a_port_can_be_reached(session, method):
    assert play(session, (method,))[-1]["raised"][0] == "AttributeError"


def test_nothing_is_found_where_nothing_is_wrong(session):
    assert play_tales(TALE, message="", runs=10)(session, Random(1)) is None


def test_a_race_is_found_and_told_as_the_calls_in_their_order(session):
    race = (TOGETHER, (("A", (("read", "k"),)), ("B", (("write", "k", 2),))))
    scene = ((), (("write", "k", 1), race, ("@stale",)))
    found = explore_scenes(TALE, scene, message="stale")(session, Random(1))
    calls = [row.call.strip() for row in found.counterexample.rows if row.call.startswith("  ")]
    assert calls == [
        "A: store.get('k')",
        "A: source.read('k')",
        "B: source.write('k', 2)",
        "B: store.delete('k')",
        "A: store.set('k', 1, ttl=60)",
    ]


class SlowRows(AsideWorld):
    """A source that takes its time, for each key another one."""

    def __init__(self, settings, schedule):
        super().__init__(settings, schedule)
        world, rows = self, self.source

        class Slow:
            def read(self, key):
                world.runtime.sleep({"a": 10, "b": 1, "d": 10}[key])
                return rows.read(key)

        self.source = Slow()


def test_calls_that_overlap_stand_in_the_order_in_which_they_began(session):
    late = (("@sleep", 5), ("read", "d"))
    race = (TOGETHER, (("A", (("read", "a"),)), ("B", (("read", "b"),)), ("D", late)))
    played = Tale(SlowRows, AsideModel, ((),)).play(session, Script((), (race,)))
    assert [(call.task, call.verb) for call in played.loud_calls(1)] == [
        ("A", "get"),
        ("A", "read"),
        ("B", "get"),
        ("B", "read"),
        ("B", "set"),
        ("D", "get"),
        ("D", "read"),
        ("A", "set"),
        ("D", "set"),
    ]


class Disagreeing(AsideModel):
    def expect(self, operation):
        if operation[0] != TOGETHER:
            return super().expect(operation)
        return Expectation("both read 2", lambda _: False, "so that there is something to tell")


def test_what_several_tasks_came_to_stands_beside_what_was_expected_of_them(session):
    race = (TOGETHER, (("A", (("read", "k"),)), ("B", (("write", "k", 2), ("read", "k")))))
    tale = Tale(AsideWorld, Disagreeing, ((),))
    played = tale.play(session, Script((), (("write", "k", 1), race, ("read", "k"))))
    last = tell(tale, played, "Aside").rows[-1]
    assert (last.call, last.expected) == ("all of them", "both read 2")
    assert last.got == "A: 1, B: None; 2"


class TwoPrograms(AsideWorld):
    others = ("other",)


def test_two_objects_of_a_submission_share_the_ports_of_a_run(session):
    tale = Tale(TwoPrograms, AsideModel, ((),))
    steps = (("write", "k", 1), ("read", "k"), ("other.write", "k", 2), ("read", "k"))
    played = tale.play(session, Script((), steps))
    assert [outcome["value"] for outcome in played.outcomes[1:]] == [None, 1, None, 2]


def test_another_program_has_a_module_of_its_own(session):
    tale = Tale(TwoPrograms, AsideModel, ((),))
    steps = (("count",), ("count",), ("other.count",))
    played = tale.play(session, Script((), steps))
    assert [outcome["value"] for outcome in played.outcomes[1:]] == [1, 2, 1]


def test_a_counterexample_names_the_object_that_each_call_is_for(session):
    tale = Tale(TwoPrograms, AsideModel, ((),))
    played = tale.play(session, Script((), (("write", "k", 1), ("other.read", "k"))))
    rows = tell(tale, played, "Aside").rows
    assert [row.call for row in rows] == [
        "cache = Aside(store, source, runtime, ttl=60), and other the same way",
        "cache.write('k', 1)",
        "other.read('k')",
    ]


def test_of_many_calls_those_of_one_turn_share_a_row(session):
    tale = Tale(TwoPrograms, AsideModel, ((),))
    reads = tuple(("read", f"k{number}") for number in range(5))
    race = (TOGETHER, (("A", reads), ("B", (("read", "k"),))))
    played = tale.play(session, Script((), (("write", "k", 1), race, ("other.read", "k"))))
    calls = [row.call for row in tell(tale, played, "Aside").rows if row.call.startswith("  ")]
    assert [call[:4] for call in calls] == ["  A:", "  B:"]
    assert calls[1].endswith("store.get('k'); source.read('k'); store.set('k', 1, ttl=60)")


def test_where_tasks_wait_in_turns_the_middle_is_left_out(session):
    tale = Tale(TwoPrograms, AsideModel, ((),))
    pauses = tuple(("@sleep", 1) for _ in range(20))
    reads = tuple(("read", f"k{number}") for number in range(20))
    mixed = tuple(step for pair in zip(reads, pauses, strict=True) for step in pair)
    race = (TOGETHER, (("A", mixed), ("B", mixed)))
    played = tale.play(session, Script((), (("write", "k", 1), race, ("other.read", "k"))))
    rows = tell(tale, played, "Aside").rows
    assert len(rows) == 12
    assert rows[7].call.startswith("  ... and so on")
    assert rows[-1].call == "other.read('k')"
