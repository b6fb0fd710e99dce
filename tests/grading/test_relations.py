"""Runs whose answers are judged by each other, and players whose `hash` differs."""

from random import Random

from cachelab.grading.pool import PlayerPool
from cachelab.grading.relations import Fault, Relation, play_relations, play_twice
from cachelab.grading.sandbox import choose_level
from cachelab.grading.session import Session

TEXT = """
class Box:
    def __init__(self, names):
        self.names = names

    def ask(self, key):
        return {answer}
"""


def draw(random):
    return ((0, "new", ["a", "b"]), *((0, "ask", random.choice("xyz")) for _ in range(5)))


def find_change(steps, answers):
    known = {}
    for index, (step, answer) in enumerate(zip(steps, answers, strict=False)):
        if step[1] == "ask" and known.setdefault(step[2], answer) != answer:
            return Fault(index, known[step[2]], "it was another answer before")
    return None


BOX = Relation(draw, find_change, ("box",))


def examined(answer, examine):
    pool = PlayerPool(choose_level("process"), TEXT.format(answer=answer))
    with pool, Session(pool, "Box", 20) as session:
        return examine(session, Random(1))


def test_answers_that_fit_each_other_pass():
    assert examined("key", play_relations(BOX, message="changes")) is None


def test_an_answer_that_does_not_fit_is_shown_with_the_one_before():
    counting = "key + str(len(self.names)) + str(self.names.append(key))"
    found = examined(counting, play_relations(BOX, message="changes"))
    assert [row.call.partition("(")[0] for row in found.counterexample.rows] == [
        "box = Box",
        "box.ask",
        "box.ask",
    ]


def test_the_hash_of_a_text_is_another_number_in_another_process():
    found = examined("hash(key)", play_twice(BOX, message="differs", why="salted"))
    assert found.message == "differs"


def test_the_hash_of_a_text_is_the_same_in_every_judgement():
    found = [
        examined("hash(key)", play_twice(BOX, message="differs", why="salted")) for _ in range(2)
    ]
    assert found[0] == found[1]
