"""
What is counted as work: the same numbers on every version of Python.

The numbers are steps of the text and items walked over, so that none of them may depend on how an
interpreter does its work. Each is the same on 3.11, where a comprehension is a function of its own,
and on later versions, where it is not.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.grading.player import cost
from cachelab.grading.player.stage import Stage
from cachelab.grading.player.values import encode


def work(text, *arguments, most=float("inf")):
    """Return the work of one call of `f`."""
    stage = Stage(text, "f")
    wires = [encode(argument) for argument in arguments]
    return cost.measure_function(stage, {"function": "f", "arguments": wires, "most": most})


def of_expression(expression, *arguments):
    """Return the work of an expression about `x`, and about `y` where there is another argument."""
    names = ", ".join("xy"[: len(arguments)])
    header = "import collections, functools, heapq, itertools, math\n"
    return work(f"{header}def f({names}): return {expression}\n", *arguments)


def for_each(expression):
    """Return how much more work an expression takes for each further item."""
    few, many = (of_expression(expression, list(range(size))) for size in (100, 200))
    return (many - few) / 100


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[i for i in x]", 3),
        ("{i for i in x}", 3),
        ("{i: 1 for i in x}", 4),
        ("[i * 2 for i in x if i]", 6),
        ("[i for i in x for _ in (1,)]", 7),
        ("sum(i for i in x)", 4),
        ("all(i >= 0 for i in x)", 6),
        ("list(map(lambda i: i, x))", 2),
    ],
)
def test_a_comprehension_costs_for_each_item_what_it_does_with_it(expression, expected):
    assert for_each(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "min(x)",
        "max(x, default=0)",
        "sum(x)",
        "all(range(1, len(x)))",
        "sorted(x)",
        "list(x)",
        "tuple(x)",
        "set(x)",
        "dict.fromkeys(x)",
        "collections.deque(x)",
        "collections.deque(x, maxlen=1)",
        "x[:]",
        "x[::-1]",
        "[*x]",
        "print(*x)",
        "x + []",
        "-1 in x",
        "-1 not in x",
        "x.index(x[-1])",
        "x.count(1)",
        "x.pop(0)",
        "x.insert(0, 1)",
        "x.sort()",
        "[].extend(x)",
        "set().union(x)",
        "math.fsum(x)",
        "heapq.heapify(x)",
        "heapq.nsmallest(1, x, key=abs)",
        "functools.reduce(max, x)",
        "next(filter((-1).__eq__, x), None)",
        "next(itertools.islice(x, len(x) - 1, None))",
        "max(*x)",
    ],
)
def test_a_walk_of_c_code_costs_at_least_a_step_for_each_item(expression):
    assert for_each(expression) >= 0.9


@pytest.mark.parametrize(
    "expression",
    [
        "len(x)",
        "x[-1]",
        "x.append(1)",
        "x.pop()",
        "x.extend([1, 2])",
        "x.pop(-1)",
        "0 in x",
        "1 in {1: 2}",
        "any(x[1:2]) and any(i for i in x)",
        "next(iter(x))",
        "max(x[0], x[1])",
        "isinstance(x, list)",
    ],
)
def test_what_takes_one_step_however_many_items_there_are_costs_nothing_more(expression):
    assert for_each(expression) == 0


def test_a_loop_costs_in_each_turn_its_head_and_what_is_done():
    loop = "def f(x):\n  'Adds up.'\n  total = 0\n  for i in x:\n    total += i\n  return total\n"
    assert work(loop, []) == 3 + 3 + 2
    assert work(loop, [1, 2, 3]) == 3 + 3 + 2 + 3 * (2 + 3)


def test_what_is_left_early_costs_what_was_done():
    early = "def f(x):\n    if x:\n        return 0\n    x = x + x + x + x\n    return x\n"
    assert work(early, 1) < work(early, 0)


def test_a_generator_costs_when_it_is_asked():
    lazy = "def f(n):\n  all = (i for i in range(99))\n  return [next(all) for _ in range(n)]\n"
    assert work(lazy, 10) - work(lazy, 0) == 10 * (work(lazy, 2) - work(lazy, 1))


def test_a_count_that_is_enough_ends_the_call():
    assert 1_000 < work("def f():\n    while True: pass\n", most=1_000) < 1_010


def test_one_that_catches_everything_ends_too():
    greedy = "def f(x):\n    for i in x:\n        try: i += 1\n        except: i -= 1\n"
    assert 100 < work(greedy, list(range(10_000)), most=100) < 200


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\ndef f(): pass\n",
        "def f():\n    'A docstring, and nothing else.'\n",
        "async def g(): return [i async for i in h() if await i]\nasync def h(): yield 1\n"
        "def f(): g().close()\n",
        "def f():\n    match 1 + 2j:\n        case 1 + 2j: return 1\n        case _: return 2\n",
        "def f():\n  try: raise ExceptionGroup('', [ValueError()])\n  except* ValueError: pass\n",
        "class A:\n    'Text.'\n    __slots__ = ('x',)\n    y: int | None = None\ndef f(): A()\n",
        "def f():\n    global z\n    z = 1\n",
        "def f():\n    def g():\n        nonlocal z\n        z += 1\n    z = 0\n    g()\n",
        "def f():\n    if (n := 10) not in [1, 2]: return [y := i for i in range(n)], n\n",
        "f = lambda x=1, *, y=(lambda: 2): x + y()\n",
        "def f():\n    a, *b = [1, 2, 3]\n    return {**{}, 'a': a}, f'{b!r:>{10}}'\n",
    ],
)
def test_any_text_goes_on_working(text):
    assert work(text) >= 0
    stage = Stage(text, "f")
    cost.execute(stage, cost.Meter())
    rewritten = stage.play([[0, "call:f"]], fresh=False)
    assert rewritten == stage.play([[0, "call:f"]], fresh=True)


@given(st.lists(st.integers(0, 9)), st.integers(0, 9))
def test_in_looks_at_items_until_it_finds_one(items, item):
    looked_at = items.index(item) + 1 if item in items else len(items)
    found = of_expression("y in x", items, item)
    assert found - of_expression("y in x", [], item) == looked_at
