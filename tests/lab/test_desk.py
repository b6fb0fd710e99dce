from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from cachelab.lab import simulate
from cachelab.lab.desk import MAPPING, metaphor_svg, read_at_desk

books = st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=40)


@given(books=books, room=st.integers(1, 5))
def test_the_desk_hits_as_often_as_the_simulator_says(books: list[str], room: int) -> None:
    readings = read_at_desk(books, room)
    assert sum(reading.is_hit for reading in readings) == simulate(books, "lru", room).hits


@given(books=books, room=st.integers(1, 5))
def test_a_book_goes_back_exactly_when_the_desk_is_full(books: list[str], room: int) -> None:
    on_desk: set[str] = set()
    for reading in read_at_desk(books, room):
        assert reading.is_hit == (reading.book in on_desk)
        assert (reading.returned is not None) == (not reading.is_hit and len(on_desk) == room)
        on_desk.discard(reading.returned or "")
        on_desk.add(reading.book)


def test_a_walk_costs_more_than_no_desk_at_all() -> None:
    (first, again) = read_at_desk(["Emma", "Emma"], room=1, look=1, walk=120)
    assert first.seconds == 121
    assert again.seconds == 1


def test_the_picture_shows_every_pair() -> None:
    root = ElementTree.fromstring(metaphor_svg())
    shown = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {words for pair in MAPPING for words in pair} <= shown
