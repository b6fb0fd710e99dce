"""The tool that changes solutions a little: what it changes, and that the checks notice."""

import pytest

from cachelab.grading import EXERCISES

from . import mutation

TEXT = """
class Counter:
    def add(self, n):
        if n < 0:
            return
        self.total = n
"""


def test_a_mutant_names_its_function_and_the_line_before_and_after():
    changes = {str(mutant) for mutant in mutation.mutants(TEXT)}
    assert "Counter.add: if n < 0:  ->  if n <= 0:" in changes
    assert "Counter.add: self.total = n  ->  pass" in changes


def test_a_bare_return_is_not_changed_into_what_it_means():
    assert not any("return None" in mutant.text for mutant in mutation.mutants(TEXT))


def test_a_mutant_differs_in_one_place():
    assert all(mutant.after and mutant.before for mutant in mutation.mutants(TEXT))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_change_that_is_explained_is_still_one_of_the_solution(exercise):
    changes = {str(mutant) for mutant in mutation.of_solution(exercise)}
    assert mutation.explained(exercise) <= changes


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_sample_of_small_changes_is_noticed_in_every_exercise():
    alive = {name: mutation.survivors(name, most=1)[1] for name in EXERCISES}
    assert [f"{name}: {mutant}" for name in alive for mutant in alive[name]] == []
