"""Events end what their rules name and nothing else, whatever ids look like and rules do."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.invalidation import EventBased, MemoryChannel, TaggedKeys
from cachelab.invalidation.rules import Rule
from cachelab.ports import MISSING, MemoryStore, Store, StoreError, instrument


def listener_and_writer(**options: Any) -> tuple[EventBased, EventBased]:
    channel = MemoryChannel()
    both = EventBased(MemoryStore(), channel, **options), EventBased(MemoryStore(), channel)
    for scheme in both:
        scheme.on("user.renamed", "user:{id}")
    return both


def test_an_event_drops_the_copies_of_all_who_listen() -> None:
    reader, writer = listener_and_writer()
    for scheme in (reader, writer):
        scheme.set_many({"user:7": "Ada", "user:8": "Alan"})
    writer.publish("user.renamed", id=7)
    for scheme in (reader, writer):
        assert scheme.get_many(["user:7", "user:8"]) == {"user:8": "Alan"}


@given(st.text(max_size=8))
def test_an_id_is_text_and_reaches_one_key(text: str) -> None:
    scheme = EventBased(MemoryStore())
    scheme.on("changed", "user:{id}")
    others = ["user:", "user:*", "user:?", "user:1", "user:{id}", "user:{other}"]
    keys = {f"user:{text}", *others}
    scheme.set_many(dict.fromkeys(keys, 1))
    scheme.publish("changed", id=text)
    assert keys - set(scheme.get_many(keys)) == {f"user:{text}"}


def test_a_second_rule_for_an_event_is_added_to_the_first() -> None:
    scheme = EventBased(MemoryStore())
    scheme.on("changed", "a:{id}")
    scheme.on("changed", "b:{id}")
    scheme.set_many({"a:1": 1, "b:1": 1})
    scheme.publish("changed", id=1)
    assert scheme.get_many(["a:1", "b:1"]) == {}


@pytest.mark.parametrize("order", [("s:{section}", "u:{id}"), ("u:{id}", "s:{section}")])
def test_a_rule_that_fails_is_told_and_the_others_are_carried_out(order: tuple[str, str]) -> None:
    told: list[Any] = []
    scheme = EventBased(MemoryStore(), on_error=lambda *facts: told.append(facts))
    scheme.on("changed", *order)
    scheme.set("u:1", 1)
    scheme.publish("changed", id=1)
    assert scheme.get("u:1") is MISSING
    assert {(event, rule.template) for event, rule, _ in told} == {("changed", "s:{section}")}
    assert "needs 'section', and got ['id']" in str(told[0][2])


def test_a_store_that_fails_for_a_listener_is_told_and_the_writer_goes_on() -> None:
    told: list[Any] = []
    channel = MemoryChannel()
    broken: Store = instrument(MemoryStore(), faults=lambda *_: StoreError("no route to host"))
    reader = EventBased(broken, channel, on_error=lambda *facts: told.append(facts))
    writer = EventBased(MemoryStore(), channel)
    for scheme in (reader, writer):
        scheme.on("changed", "u:{id}")
    writer.publish("changed", id=1)
    assert [str(error) for _, _, error in told] == ["no route to host"]


def test_an_event_that_no_rule_knows_is_a_mistake_of_who_publishes_it() -> None:
    reader, writer = listener_and_writer()
    writer.on("only.here", "x:{id}")
    writer.publish("only.here", id=1)
    with pytest.raises(ValueError, match=r"no rule for the event 'user.rennamed'"):
        writer.publish("user.rennamed", id=1)
    assert "only.here" not in reader.rules


@pytest.mark.parametrize("value", [None, True, 1.5, b"7", ["7"]])
def test_a_field_that_has_no_one_text_is_refused(value: Any) -> None:
    _, writer = listener_and_writer()
    with pytest.raises(TypeError, match="the field 'id' must be text"):
        writer.publish("user.renamed", id=value)


def test_a_search_of_all_keys_is_refused_and_tags_do_it() -> None:
    with pytest.raises(ValueError, match="give those entries a tag"):
        EventBased(MemoryStore()).on("changed", "user:{id}:*")
    with pytest.raises(TypeError, match="has no tags"):
        EventBased(MemoryStore()).on("changed", tags=["user {id}"])
    tagged = TaggedKeys(MemoryStore())
    scheme = EventBased(tagged)
    scheme.on("changed", tags=["user {id}"])
    tagged.set("page:1", 1, tags=["user 7"])
    tagged.set("page:2", 2, tags=["user 8"])
    scheme.publish("changed", id=7)
    assert scheme.get_many(["page:1", "page:2"]) == {"page:2": 2}


@pytest.mark.parametrize(
    ("template", "filled"),
    [("{{id}}:x", "{7}:x"), ("user:{123}:{id}", "user:{123}:7"), ("{}", "{}"), ("{id:>9}", None)],
)
def test_other_braces_stand_for_themselves(template: str, filled: str | None) -> None:
    assert Rule(template).fill({"id": 7}) == (template if filled is None else filled)


@pytest.mark.parametrize("message", [b"", b"\xff", b"[]", b"7", b'["user.renamed"]'])
def test_a_message_that_is_none_is_told_and_the_next_is_heard(message: bytes) -> None:
    told: list[Any] = []
    reader, writer = listener_and_writer(on_error=lambda *facts: told.append(facts))
    reader.set("user:7", "Ada")
    reader.channel.publish(message)
    writer.publish("user.renamed", id=7)
    assert len(told) == 1
    assert reader.get("user:7") is MISSING


def test_after_a_gap_nothing_is_trusted_or_what_you_say_is_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Gapped(MemoryChannel):
        """A channel that can say it missed something."""

        def subscribe(self, on_message: Any, on_gap: Any) -> Any:
            self.gap = on_gap
            return super().subscribe(on_message, on_gap)

    channel, told = Gapped(), []
    scheme = EventBased(MemoryStore(), channel)
    scheme.set("k", 1)
    with caplog.at_level(logging.INFO, "cachelab.invalidation"):
        channel.gap("the line was down")
    assert scheme.get("k") is MISSING
    assert "the line was down" in caplog.text
    own = EventBased(MemoryStore(), channel, on_gap=told.append)
    own.set("k", 1)
    channel.gap("again")
    assert (own.get("k"), told) == (1, ["again"])


def test_once_closed_it_listens_no_longer() -> None:
    reader, writer = listener_and_writer()
    reader.set("user:7", "Ada")
    reader.close()
    writer.publish("user.renamed", id=7)
    assert reader.get("user:7") == "Ada"
