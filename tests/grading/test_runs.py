"""Generated runs, their shrinking, and values on the wire."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.grading.exercises import ex07
from cachelab.grading.expecting import same
from cachelab.grading.player.values import decode, encode
from cachelab.grading.runs import Domain, Run, shortest

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(PLAIN)
def test_a_plain_value_survives_the_wire_with_its_type(value):
    assert repr(decode(encode(value))) == repr(value)


@given(PLAIN, PLAIN)
def test_two_values_are_the_same_only_if_they_look_the_same(one, other):
    assert same({"value": encode(one)}, other) == (repr(one) == repr(other))


def test_a_value_that_holds_itself_is_no_plain_value():
    ring: list[object] = []
    ring.append(ring)
    assert encode(ring) == {"repr": "list"}


class Shy(Fraction):
    """A number that does not let itself be converted."""

    def __float__(self):
        raise LookupError


class Liar(dict):
    """A dictionary that says of itself what it likes."""

    def items(self):
        return [("a", 1)]

    def __iter__(self):
        return iter("a")


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (Fraction(1, 2), {"float": "0.5"}),
        ([Fraction(1, 2), Shy(1)], {"repr": "list"}),
        (Shy(1), {"repr": "Shy"}),
        (Liar(), {"dict": []}),
        (Liar(b=2), {"dict": [["b", 2]]}),
    ],
)
def test_an_answer_is_what_it_holds_and_not_what_it_says(value, wire):
    assert encode(value) == wire


DOMAINS = [value for value in vars(ex07).values() if isinstance(value, Domain)]


@pytest.mark.parametrize("domain", DOMAINS)
@given(seed=st.integers(0, 10_000), length=st.integers(1, 40))
def test_generated_runs_belong_to_their_domain(domain, seed, length):
    run = domain.generate(Random(seed), length)
    expected = domain.expectations(run)
    assert expected is not None
    assert len(expected) == len(run.wire())


@given(seed=st.integers(0, 10_000))
def test_the_same_seed_draws_the_same_run(seed):
    first, second = (ex07.VICTIM.generate(Random(seed), 20) for _ in range(2))
    assert first == second


@given(seed=st.integers(0, 10_000))
def test_a_shrunk_run_still_fails_and_cannot_lose_a_step(seed):
    run = ex07.UPDATE.generate(Random(seed), 30)

    def fails(candidate: Run) -> int | None:
        """Fail at the second put of a key, as a stand-in for a mistake."""
        seen: set[object] = set()
        for place, (_, operation) in enumerate(candidate.steps):
            if operation[0] == "put" and operation[1] in seen:
                return place + 1
            seen |= {operation[1]} if operation[0] == "put" else set()
        return None

    small = shortest(ex07.UPDATE, run, fails)
    if fails(run) is None:
        return
    assert [operation for _, operation in small.steps] == [("put", "a", 1), ("put", "a", 2)]
