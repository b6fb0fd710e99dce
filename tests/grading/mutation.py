"""
Small changes to the solutions' syntax trees: does some check notice each of them?

    python -m tests.grading.mutation ex07 [ex08 ...] [--most 200]

prints, for each exercise, how many mutants there were, how many were killed, and the survivors:
the line as it was and as it is. A survivor is a gap in the checks, or means the same; those that
were looked at and mean the same are listed in `tests/mutants/equivalent.txt`.
"""

import argparse
import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from joblib import Parallel, delayed
from tqdm import tqdm

from cachelab.grading import find_exercise, judge

from . import bank

EQUIVALENT = bank.ROOT / "equivalent.txt"

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed text, and the change as a line before and after."""

    text: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.before or '(nothing)'}  ->  {self.after or '(nothing)'}"


def mutants(text: str) -> list[Mutant]:
    """Return every mutant of a text that differs from it, each once."""
    tree = ast.parse(text)
    plain = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for place, node in enumerate(ast.walk(tree)):
        for change in range(_changes(node)):
            changed = copy.deepcopy(tree)
            target = next(n for k, n in enumerate(ast.walk(changed)) if k == place)
            _apply(changed, target, change)
            mutated = ast.unparse(ast.fix_missing_locations(changed))
            if mutated != plain and mutated not in found:
                found[mutated] = _described(plain, mutated)
    return list(found.values())


def _changes(node: ast.AST) -> int:
    """Tell in how many ways a node is changed."""
    if isinstance(node, ast.Compare):
        return len(node.ops)
    if isinstance(node, ast.Constant):
        numbers = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return 2 if numbers else int(isinstance(node.value, bool))
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return int(type(node.op) in SWAPPED)
    if isinstance(node, ast.Expr):
        return int(not isinstance(node.value, ast.Constant))
    kinds = (ast.BoolOp, ast.If, ast.While, ast.Return, ast.Assign, ast.AugAssign, ast.Delete)
    return int(isinstance(node, kinds)) + int(isinstance(node, ast.IfExp))


def _apply(tree: ast.AST, node: ast.AST, change: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[change] = FLIPPED[type(node.ops[change])]()
    elif isinstance(node, ast.Constant):
        value = node.value
        node.value = (not value) if isinstance(value, bool) else value + (1, -1)[change]
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAPPED:
        node.op = SWAPPED[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    else:
        _remove(tree, node)


def _remove(tree: ast.AST, statement: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                block[block.index(statement)] = ast.Pass()


def _described(before: str, after: str) -> Mutant:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    changed = [line for line in lines if line[:2] in ("- ", "+ ")]
    gone = " ".join(line[2:].strip() for line in changed if line.startswith("-"))
    new = " ".join(line[2:].strip() for line in changed if line.startswith("+"))
    return Mutant(after, gone, new)


def equivalent(exercise: str) -> set[str]:
    """Return the changes of an exercise that are known to change nothing."""
    if not EQUIVALENT.exists():
        return set()
    lines = EQUIVALENT.read_text("utf-8").splitlines()
    return {line.split(": ", 1)[1] for line in lines if line.startswith(f"{exercise}: ")}


def survivors(exercise: str, most: int, jobs: int = -1) -> tuple[int, list[Mutant]]:
    """Judge the mutants of an exercise's solution; return their number and who got full marks."""
    text = bank.right(exercise)
    solution = next((p for p in text if p.stem in ("solution", "notebook")), text[0])
    known = equivalent(exercise)
    every = [m for m in mutants(solution.read_text("utf-8")) if str(m) not in known]
    if len(every) > most:
        every = Random(exercise).sample(every, most)
    calls = (delayed(_is_killed)(exercise, mutant.text) for mutant in every)
    killed = Parallel(n_jobs=jobs, return_as="generator")(calls)
    verdicts = list(tqdm(killed, total=len(every), desc=exercise, disable=None))
    alive = [mutant for mutant, dead in zip(every, verdicts, strict=True) if not dead]
    return len(every), alive


def _is_killed(exercise: str, text: str) -> bool:
    report = judge(exercise, text, until_failure=True)
    return bool(report.failed)


def _results(names: list[str], most: int) -> Iterator[str]:
    for name in names:
        exercise = find_exercise(name).id
        count, alive = survivors(exercise, most)
        yield f"{exercise}: {count} mutants, {count - len(alive)} killed, {len(alive)} alive"
        yield from (f"    {mutant}" for mutant in alive)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercises", nargs="+")
    parser.add_argument("--most", type=int, default=10_000, help="judge a sample of that size")
    options = parser.parse_args()
    for line in _results(options.exercises, options.most):
        print(line, flush=True)


if __name__ == "__main__":
    main()
