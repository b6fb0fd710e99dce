"""What a journal keeps, counts and prints."""

import threading

import pytest

from cachelab.ports.journal import Event, Journal


def event(verb: str, key: str | tuple[str, ...] | None = "k", at: float = 0.0) -> Event:
    return Event(at, "main", "MemoryStore", verb, key, "ok", 0.001)


def test_a_journal_is_read_like_a_list() -> None:
    events = [event("get"), event("set"), event("delete")]
    journal = Journal(events)
    assert list(journal) == journal == events
    assert len(journal) == 3
    assert journal[-1].verb == "delete"
    assert journal[:2].verbs() == ["get", "set"]
    assert event("set") in journal
    assert journal != Journal()
    assert journal != 3


def test_a_journal_counts_calls_by_verb_and_knows_those_that_were_not_made() -> None:
    journal = Journal([event("get"), event("set"), event("get")])
    assert journal.counts() == {"get": 2, "set": 1}
    assert journal.counts()["delete"] == 0


def test_a_journal_forgets_when_told() -> None:
    journal = Journal([event("get")])
    journal.clear()
    assert not journal


def test_a_printed_journal_is_a_table_with_each_column_in_line() -> None:
    journal = Journal(
        [event("get"), event("clear", None, at=12.5), event("get_many", tuple(["key"] * 30))]
    )
    header, *lines = str(journal).splitlines()
    assert len({len(line) for line in [header, *lines]}) == 1
    place = header.index("verb")
    assert [line[place:].split()[0] for line in lines] == ["get", "clear", "get_many"]
    assert lines[1].split()[0] == "12.5000"
    assert "key key" in lines[2]
    assert "..." in lines[2]


def test_an_empty_journal_is_printed_as_its_heading() -> None:
    assert str(Journal()).split() == ["at", "task", "port", "verb", "key", "outcome", "seconds"]
    assert repr(Journal()) == "<Journal of 0 events>"


def test_many_threads_write_to_one_journal_while_it_is_read() -> None:
    journal = Journal()

    def write() -> None:
        for _ in range(200):
            journal.append(event("get"))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert sum(1 for _ in journal) <= 800
    for thread in threads:
        thread.join()
    assert journal.counts() == {"get": 800}


def test_an_event_is_not_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        event("get").verb = "set"  # type: ignore[misc]
