"""The similarity report: what renaming does not hide, and what it must not blame anybody for."""

from itertools import combinations

from cachelab.grading.similarity import similar_pairs

from . import bank

RIGHT = {path.stem: path.read_text("utf-8") for path in bank.right("ex07")}
RENAMED = (
    RIGHT["linked_list"]
    .replace("self.", "self.my_")
    .replace("key", "item")
    .replace("\n    def ", "\n    # my own idea\n    def ")
)


def test_a_copy_with_other_names_and_comments_is_found():
    [pair] = similar_pairs({"ada": RIGHT["linked_list"], "ben": RENAMED})
    assert (pair.first, pair.second, pair.share) == ("ada", "ben", 1.0)


def test_different_designs_are_not_listed():
    names = ("linked_list", "heap_of_ticks", "semaphore_and_two_maps", "plain_dict")
    assert similar_pairs({name: RIGHT[name] for name in names}) == []


def test_what_was_handed_out_counts_for_nothing():
    form = RIGHT["ordered_dict"]
    assert similar_pairs({"ada": form, "ben": form}, handed_out=form) == []


def test_what_most_of_a_class_has_counts_for_nothing():
    names = ("linked_list", "heap_of_ticks", "semaphore_and_two_maps", "plain_dict", "ordered_dict")
    given = "\n".join(f"def given_{n}(x):\n    return [x + {n}, {{x: x}}]" for n in range(40))
    assert similar_pairs({name: given + "\n" + RIGHT[name] for name in names}) == []


def test_copies_do_not_make_each_other_usual():
    others = {name: RIGHT[name] for name in ("heap_of_ticks", "semaphore_and_two_maps")}
    copies = dict.fromkeys(("ada", "ben", "cem"), RIGHT["linked_list"]) | {"dee": RENAMED}
    pairs = similar_pairs(copies | others)
    assert {frozenset((pair.first, pair.second)) for pair in pairs} == {
        frozenset(pair) for pair in combinations(copies, 2)
    }


def test_a_text_that_is_no_python_is_compared_as_far_as_it_can_be_read():
    broken = RIGHT["linked_list"] + "\n    def (:\n'''"
    assert similar_pairs({"ada": RIGHT["linked_list"], "ben": broken})
