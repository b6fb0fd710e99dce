"""
Makes the steps of a text visible: each suite, lambda and comprehension reports what it does.

A step is a statement or a part of an expression, as the text has it. The interpreter's own steps
are no measure: which there are changes with each version of Python, and what a comprehension does
has been inside the function around it since 3.12.
"""

import ast
from collections.abc import Iterable

STEP = "_cachelab_step_"
"""Called with a number of steps that are about to be done; the answer is True."""

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SUITES = ("body", "orelse", "finalbody")
APART = (ast.stmt, ast.excepthandler, ast.match_case)
"""Parts of a statement that report for themselves."""


class StepReporter(ast.NodeTransformer):
    """Puts a report before the statements that are done in one go, and into all that is a loop."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, (ast.Module, ast.ClassDef)):  # executed once, before anything counts
            return node
        for name in SUITES:
            suite = getattr(node, name, None)
            if isinstance(suite, list) and suite:
                setattr(node, name, _reporting(suite, _each_time(node) if name == "body" else 0))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        node.body = ast.BoolOp(ast.And(), [_report(weight(node.body), node), node.body])
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._loop(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._loop(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._loop(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._loop(node, [node.key, node.value])

    def _loop(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        made: list[ast.expr],
    ) -> ast.AST:
        self.generic_visit(node)
        inner: list[ast.expr] = made
        for loop in reversed(node.generators):
            work = 1 + sum(map(weight, [loop.target, *loop.ifs, *inner]))
            loop.ifs.insert(0, _report(work, node))
            inner = [loop.iter]
        return node


def weight(node: ast.AST) -> int:
    """
    Return the steps of a statement or an expression, without the parts that report themselves.

    >>> weight(ast.parse("total = total + prices[key]").body[0])
    7
    >>> weight(ast.parse("found = [price * 2 for price in prices]").body[0])
    4
    """
    if isinstance(node, ast.Lambda):
        return 1 + weight(node.args)
    if isinstance(node, COMPREHENSIONS):
        return 1 + weight(node.generators[0].iter)
    parts = (part for part in ast.iter_child_nodes(node) if not isinstance(part, APART))
    return isinstance(node, (ast.stmt, ast.expr)) + sum(map(weight, parts))


def _each_time(node: ast.AST) -> int:
    """Return the steps of a loop's head, which are done again before each turn."""
    if isinstance(node, ast.While):
        return 1 + weight(node.test)
    return 1 + weight(node.target) if isinstance(node, (ast.For, ast.AsyncFor)) else 0


def _reporting(suite: list[ast.stmt], more: int) -> list[ast.stmt]:
    """Return the suite with a report at its start, and after each statement that may leave it."""
    done: list[ast.stmt] = []
    for block in _blocks(suite):
        if not done and _is_text(block[0]):  # a docstring is one in the first place alone
            done.append(block.pop(0))
        work, more = more + sum(map(weight, block)), 0
        at = block[0] if block else done[0]
        done += [ast.copy_location(ast.Expr(_report(work, at)), at), *block]
    return done


def _blocks(suite: Iterable[ast.stmt]) -> list[list[ast.stmt]]:
    blocks: list[list[ast.stmt]] = [[]]
    for statement in suite:
        blocks[-1].append(statement)
        if any(isinstance(part, APART) for part in ast.iter_child_nodes(statement)):
            blocks.append([])
    return [block for block in blocks if block]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _report(work: int, at: ast.AST) -> ast.expr:
    call = ast.Call(ast.Name(STEP, ast.Load()), [ast.Constant(work)], [])
    return ast.copy_location(call, at)
