"""
Small changes to the solutions' syntax trees: does some check notice each of them?

    python -m tests.grading.mutation ex07 [ex08 ...] [--most 200]

prints, for each exercise, how many mutants there were, how many were killed, and the survivors:
in which function, the line before and after. A survivor is a gap in the checks, or means the same,
or is a choice that the contract leaves open: those are explained in `tests/mutants/equivalent.txt`.
"""

import argparse
import ast
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
SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
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
    """A changed text, and the change: in which function, the line before and after."""

    text: str
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}: {self.before or '(nothing)'}  ->  {self.after or '(nothing)'}"


def mutants(text: str) -> list[Mutant]:
    """Return every mutant of a text that differs from it, each once."""
    parts = [ast.unparse(node) for node in ast.parse(text).body]
    found: dict[str, Mutant] = {}
    for number, part in enumerate(parts):
        for changed in _changed(part):
            mutated = "\n".join([*parts[:number], changed, *parts[number + 1 :]])
            if changed != part and mutated not in found:
                found[mutated] = Mutant(mutated, *_described(part, changed))
    return list(found.values())


def _changed(text: str) -> Iterator[str]:
    """Change one node after the other."""
    for place, node in enumerate(ast.walk(ast.parse(text))):
        for change in range(_changes(node)):
            tree = ast.parse(text)
            target = next(n for k, n in enumerate(ast.walk(tree)) if k == place)
            _apply(tree, target, change)
            yield ast.unparse(ast.fix_missing_locations(tree))


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
    if isinstance(node, ast.Return):
        return int(node.value is not None)
    kinds = (ast.BoolOp, ast.If, ast.While, ast.Assign, ast.AugAssign, ast.Delete)
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


def _described(before: str, after: str) -> tuple[str, str, str]:
    """Return in which function two texts differ, and the lines of each that the other has not."""
    old, new = before.splitlines(), after.splitlines()
    same = _equal_lines(old, new)
    rest = _equal_lines(old[:same:-1], new[:same:-1])
    gone, come = (lines[same : len(lines) - rest] for lines in (old, new))
    return _function_at(before, same + 1), _joined(gone), _joined(come)


def _equal_lines(old: list[str], new: list[str]) -> int:
    """Count the lines at the beginning that are the same in both."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _function_at(text: str, line: int) -> str:
    """Return the full name of the innermost class or function that a line is in."""
    scopes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, SCOPES))
    around = [node.name for node in scopes if node.lineno <= line <= (node.end_lineno or 0)]
    return ".".join(around) or "module"


def explained(exercise: str) -> set[str]:
    """Return the changes of an exercise that are known to be right as well."""
    if not EQUIVALENT.exists():
        return set()
    lines = EQUIVALENT.read_text("utf-8").splitlines()
    return {line.split(": ", 1)[1] for line in lines if line.startswith(f"{exercise}: ")}


def of_solution(exercise: str) -> list[Mutant]:
    """Return every mutant of an exercise's solution."""
    texts = bank.right(exercise)
    solution = next((p for p in texts if p.stem in ("solution", "notebook")), texts[0])
    return mutants(solution.read_text("utf-8"))


def survivors(exercise: str, most: int, jobs: int = -1) -> tuple[int, list[Mutant]]:
    """Judge the mutants that nobody has explained; return their number and who got full marks."""
    known = explained(exercise)
    every = [mutant for mutant in of_solution(exercise) if str(mutant) not in known]
    if len(every) > most:
        every = Random(exercise).sample(every, most)
    calls = (delayed(_is_killed)(exercise, mutant.text) for mutant in every)
    killed = Parallel(n_jobs=jobs, return_as="generator")(calls)
    verdicts = list(tqdm(killed, total=len(every), desc=exercise, disable=None))
    alive = [mutant for mutant, dead in zip(every, verdicts, strict=True) if not dead]
    return len(every), alive


def _is_killed(exercise: str, text: str) -> bool:
    report = judge(exercise, text, until_failure=True)
    return report.points < report.max_points  # a check that cannot end has noticed as well


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
