"""A learner's class that fails in a view: one sentence names it, its method and its error."""

import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from joblib import Parallel, delayed

from cachelab import lab
from cachelab.lab import subjects
from cachelab.lab.lives import live
from cachelab.lab.stories.aside import MOST, record_aside
from cachelab.lab.stories.stampede import record_rush
from cachelab.lab.subjects import SubjectFailed, blamed, blaming, with_short_traces
from cachelab.lab.widgets.late_view import LateView
from cachelab.operations.http import HTTPCache
from cachelab.ports import MISSING, SimRuntime

SHORT = lab.zipf(300, objects=50)


class Strategy:
    """Look, load, keep: the first cache-aside that one writes."""

    def __init__(self, store: Any, source: Any, ttl: float = 60) -> None:
        self.store, self.source, self.ttl = store, source, ttl

    def read(self, key: str) -> Any:
        found = self.store.get(key)
        if found is MISSING:
            found = self.source.read(key).value
            self.store.set(key, found, ttl=self.ttl)
        return found

    def write(self, key: str, row: Any) -> Any:
        self.source.write(key, row)


class Cache:
    """A cache that never has to choose, with room for ever."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.held = capacity, dict[Any, Any]()

    def get(self, key: Any) -> Any:
        return self.held.get(key)

    def put(self, key: Any, value: Any) -> None:
        self.held[key] = value


class Placement:
    """The node of a key by its length: as uneven as can be."""

    def __init__(self, nodes: Any) -> None:
        self.nodes = list(nodes)

    def node_for(self, key: str) -> Any:
        return self.nodes[len(key) % len(self.nodes)]


class Guard:
    """No protection at all."""

    def __init__(self, store: Any, ttl: float) -> None:
        self.store, self.ttl = store, ttl

    def get(self, key: str, loader: Any) -> Any:
        found = self.store.get(key)
        if found is MISSING:
            found = loader(key)
            self.store.set(key, found, ttl=self.ttl)
        return found


class Proxy(HTTPCache):
    """Ours, under another name."""


VIEWS: dict[str, tuple[type, str, Callable[[Any], Any]]] = {
    "aside": (Strategy, "", lab.AsideStepper),
    "crash": (Strategy, "write", lab.CrashTimeline),
    "ttl": (Strategy, "read", lambda kind: lab.TtlDial(kind, requests=20)),
    "stampede": (Guard, "get", lab.StampedeTheatre),
    "ring": (Placement, "node_for", lab.RingPlayground),
    "arena": (Cache, "put", lambda kind: lab.PolicyArena(kind, [SHORT])),
    "mrc": (Cache, "get", lambda kind: lab.MrcExplorer([SHORT], kind)),
    "shift": (Cache, "get", lambda kind: lab.ShiftLab(kind, objects=50, capacity=5)),
    "journey": (Proxy, "__call__", lab.RequestJourney),
}
ASKED = [(name, verb) for name, (_, verb, _) in VIEWS.items() if verb]


def boom(*_arguments: Any, **_options: Any) -> Any:
    raise RuntimeError("boom")


def answering(value: Any) -> Callable[..., Any]:
    return lambda *_arguments, **_options: value


def mine(base: type, **parts: Any) -> type:
    return type("Mine", (base,), parts)


def complaint(name: str, kind: Any) -> str:
    """What the view says of the class."""
    with pytest.raises(SubjectFailed) as caught:
        VIEWS[name][2](kind)
    (told,) = caught.value._render_traceback_()
    assert told == str(caught.value)
    return told


@pytest.mark.parametrize("name", VIEWS)
def test_a_constructor_that_raises_is_named_in_one_sentence(name: str) -> None:
    class Mine(VIEWS[name][0]):  # type: ignore[misc]
        def __init__(self, *_arguments: Any, **_options: Any) -> None:
            raise RuntimeError("boom")

    told = complaint(name, Mine)
    assert told.startswith("Mine.__init__ raised RuntimeError: boom (line ")
    assert told.endswith(': raise RuntimeError("boom"))')


@pytest.mark.parametrize("name", VIEWS)
def test_a_constructor_that_takes_nothing_is_named(name: str) -> None:
    class Mine(VIEWS[name][0]):  # type: ignore[misc]
        def __init__(self) -> None:
            pass

    assert "Mine.__init__() " in complaint(name, Mine)


@pytest.mark.parametrize(("name", "verb"), ASKED)
def test_a_method_that_raises_is_named_in_one_sentence(name: str, verb: str) -> None:
    def fails(self: Any, *_arguments: Any) -> Any:
        return {}[self.__class__.__name__]

    fails.__code__ = fails.__code__.replace(co_name=verb)
    told = complaint(name, mine(VIEWS[name][0], **{verb: fails}))
    assert told.startswith(f"Mine.{verb} raised KeyError: 'Mine' (line ")


@pytest.mark.parametrize(("name", "verb"), [pair for pair in ASKED if pair[0] != "journey"])
def test_a_method_that_is_missing_is_named(name: str, verb: str) -> None:
    parts = {name: part for name, part in vars(VIEWS[name][0]).items() if name != verb}
    del parts["__dict__"], parts["__weakref__"]
    told = complaint(name, type("Mine", (), parts))
    assert told.startswith("Mine ")
    assert f"no method {verb}" in told or "no get(key) and put(key, value)" in told


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_no_class_is_named(name: str) -> None:
    assert "the class itself, not 7" in complaint(name, 7)


@pytest.mark.parametrize(
    ("name", "verb", "value", "words"),
    [
        ("ring", "node_for", None, "Mine.node_for('user:0') returned None, which is none of its"),
        ("ring", "node_for", "Z", "Mine.node_for('user:0') returned 'Z', which is none of its"),
        ("journey", "__call__", "text", "Mine at Ada's browser answered 'text', which is no"),
        ("crash", "write", False, "Mine.write returned False for each of 4 writes and called"),
    ],
)
def test_what_cannot_be_drawn_is_named(name: str, verb: str, value: Any, words: str) -> None:
    kind = mine(VIEWS[name][0], **{verb: answering(value)})
    assert complaint(name, kind).startswith(words)


def endless(self: Any, key: str, *_arguments: Any) -> Any:
    while True:
        self.store.get(key)


@pytest.mark.parametrize(("name", "verb"), [("crash", "write"), ("stampede", "get")])
def test_a_loop_that_never_ends_is_named(name: str, verb: str) -> None:
    told = complaint(name, mine(VIEWS[name][0], **{verb: endless}))
    assert told == "Mine does not come to an end: a loop in it goes on for ever"


def test_a_guard_that_waits_for_ever_is_named() -> None:
    class Mine(Guard):
        def __init__(self, store: Any, runtime: Any) -> None:
            super().__init__(store, 2.0)
            self.signal = runtime.event()

        def get(self, key: str, loader: Any) -> Any:
            self.signal.wait()

    assert complaint("stampede", Mine).startswith("Mine comes to a standstill: ")


@pytest.mark.parametrize("operation", ["first read", "read again", "write"])
def test_an_operation_that_never_ends_is_shown_up_to_where_it_is_stopped(operation: str) -> None:
    told = record_aside(mine(Strategy, read=endless, write=endless), operation, "nothing")
    assert (len(told.moments), told.outcome) == (MOST, "does not end and is stopped")


@pytest.mark.parametrize("verb", ["read", "write", "close"])
def test_one_operation_that_raises_leaves_the_others_their_pictures(verb: str) -> None:
    view = lab.AsideStepper(mine(Strategy, **{verb: boom}))
    told = [run.scenes[-1].say for run in view._score.runs]
    assert sum("raises RuntimeError: boom" in say for say in told) == {"read": 12, "write": 6}.get(
        verb, 0
    )


def test_answers_that_no_load_gave_are_told() -> None:
    says = lab.StampedeTheatre(mine(Guard, get=answering(None))).says
    assert says.endswith("In the end 560 of 560 get None: no load gave that.")


def test_a_guard_that_fails_in_the_rush_is_counted_with_its_error() -> None:
    class Mine(Guard):
        def get(self, key: str, loader: Any) -> Any:
            if self.store.get("seen") is MISSING:
                self.store.set("seen", 1, ttl=60)
                return super().get(key, loader)
            raise RuntimeError("boom")

    rush = record_rush(Mine)
    assert rush.odd == {"RuntimeError: boom": len(rush.visits)}


@pytest.mark.parametrize("name", ["arena", "mrc"])
def test_a_class_that_is_better_than_can_be_is_doubted(name: str) -> None:
    view = VIEWS[name][2](Cache)
    assert "More than optimal cannot be: Cache keeps more than" in view.says


@pytest.mark.parametrize("name", ["arena", "mrc"])
def test_a_class_of_ours_is_not_doubted(name: str) -> None:
    assert "cannot be" not in VIEWS[name][2]("sieve").says


def test_a_view_that_is_drawn_in_the_background_says_what_failed() -> None:
    def body(sim: SimRuntime) -> None:
        view = LateView(
            title="a view",
            about="it",
            work=lambda _places: blamed(Cache, fails()),
            parts=1,
            background=True,
            runtime=sim,
        )
        with pytest.raises(SubjectFailed):
            view.wait()
        assert view.says == "This picture was not drawn: " + view.trouble
        assert view.trouble.startswith("fails raised RuntimeError: boom (line ")

    sim = SimRuntime()
    sim.run(body, sim)


def fails() -> Any:
    yield None
    raise RuntimeError("boom")


def world_of(world: Any) -> Any:
    return {"writer": lambda: world.source.write("k", 1)}, dict


def holds(_ending: Any) -> bool:
    return True


def no_world(_world: Any) -> Any:
    return None


def broken_world(_world: Any) -> Any:
    raise RuntimeError("boom")


def endless_world(world: Any) -> Any:
    def writer() -> None:
        while True:
            world.store.get("k")

    return {"writer": writer}, dict


def failing_actor(_world: Any) -> Any:
    return {"writer": boom}, dict


@pytest.mark.parametrize(
    ("scenario", "promise", "words"),
    [
        (broken_world, holds, "broken_world raised RuntimeError: boom (line "),
        (no_world, holds, "no_world is to return its actors by name and what is done at rest"),
        (endless_world, holds, "endless_world does not come to an end: a loop in it goes on"),
        (world_of, boom, "boom raised RuntimeError: boom (line "),
        (7, holds, "give the class itself, not 7"),
    ],
)
def test_a_scenario_or_a_promise_that_fails_is_named(
    scenario: Any, promise: Any, words: str
) -> None:
    with pytest.raises(SubjectFailed) as caught:
        lab.RaceDebugger(scenario, promise)
    assert str(caught.value).startswith(words)


def test_what_an_actor_raises_is_the_verdict() -> None:
    view = lab.RaceDebugger(failing_actor)
    (run,) = view._score.runs
    assert run.scenes[1].say == "Broken: writer ended with RuntimeError: boom."


def test_an_error_of_an_option_of_the_view_is_not_the_classs() -> None:
    with pytest.raises(ValueError, match="capacity must be a whole number"):
        lab.ShiftLab(Cache, capacity=0)


def test_an_error_within_our_own_class_stays_as_it_is() -> None:
    with pytest.raises(KeyError), blaming(HTTPCache):
        {}["a"]


def test_an_error_that_comes_from_another_process_is_named_as_well() -> None:
    with pytest.raises(SubjectFailed, match=r"^Counter raised KeyError: 'a'$"), blaming(Counter):
        Parallel(n_jobs=2)(delayed({}.__getitem__)(key) for key in "aa")


class Forgetful(Cache):
    def get(self, key: Any) -> Any:
        return self.held[key]


class Hasty(Strategy):
    def read(self, key: str) -> Any:
        return self.store.get(key).value


def a_reader(world: Any) -> Any:
    raise LookupError(f"no such world: {type(world).__name__}")


CALLS: dict[str, Callable[[], Any]] = {
    "simulate": lambda: lab.simulate(SHORT, Forgetful, 10),
    "miss_ratio_curve": lambda: lab.miss_ratio_curve(SHORT, Forgetful, [10, 20]),
    "sweep": lambda: lab.sweep(SHORT, ["lru", Forgetful], [10]),
    "hits_over_time": lambda: lab.hits_over_time(SHORT, [Forgetful], capacity=10, window=100),
    "layer_hit_ratios": lambda: lab.layer_hit_ratios(SHORT, [Forgetful], [10]),
    "live": lambda: live(10, reads=1.0, writes=1.0, strategy=Hasty, requests=50),
    "explore": lambda: lab.explore(a_reader, lab.cache_equals_source_at_rest),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_stack_trace_goes_from_the_call_to_the_class_s_own_line(name: str) -> None:
    with pytest.raises((KeyError, AttributeError, LookupError)) as caught:
        CALLS[name]()
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert [frame.f_code.co_filename for frame in frames[:3]] == [__file__] * 3


REFUSED: dict[str, Callable[[], Any]] = {
    "simulate": lambda: lab.simulate(SHORT, "lfru", 10),
    "sweep": lambda: lab.sweep(SHORT, ["lru"], []),
    "stepper": lambda: lab.EvictionStepper("lru", "a b", capacity=0),
    "explorer": lambda: lab.MrcExplorer([SHORT], "lfru"),
    "arena": lambda: lab.PolicyArena("lfru", [SHORT]),
    "shift": lambda: lab.ShiftLab("lfru"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_we_refuse_shows_the_call_and_the_line_that_says_so(name: str) -> None:
    with pytest.raises(ValueError, match=r"lfru|lists|at least 1") as caught:
        REFUSED[name]()
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    files = [frame.f_code.co_filename for frame in frames]
    assert (files[:2], len(files)) == ([__file__] * 2, 3)


def test_an_error_of_ours_that_is_no_refusal_keeps_its_whole_trace() -> None:
    @with_short_traces
    def broken() -> None:
        raise KeyError("a bug") from None

    broken.__wrapped__.__code__ = broken.__wrapped__.__code__.replace(  # type: ignore[attr-defined]
        co_filename=subjects.__file__
    )
    with pytest.raises(KeyError) as caught:
        broken()
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert names[1:] == ["short", "broken"]


def test_a_loop_that_never_ends_is_told_of_in_the_stepper_as_well() -> None:
    class Endless(Cache):
        def put(self, key: Any, value: Any) -> None:
            while key not in self.held:
                pass

    with pytest.raises(SubjectFailed, match=r"Endless ran more than 2,000 lines.* never end\?"):
        lab.EvictionStepper(Endless, "a b", capacity=2)
