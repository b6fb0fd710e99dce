"""
Makes the work of a submission visible: what it does step by step, and what C code does for it.

Calls, `in`, slices, sums of containers and unpackings go through the meter. The rewritten text does
the same and tells how much it walked over; types stay types, so `isinstance`, annotations and
subclasses are not disturbed.
"""

import ast
from typing import Any

from .steps import STEP, StepReporter

CALL, MADE, HAS = "_cachelab_call_", "_cachelab_made_", "_cachelab_has_"

UNTOUCHED = {"super", "locals", "globals", "vars", "dir", "eval", "exec", "type", STEP}
"""Most of them look at the frame that calls them."""

JOINING = (ast.Add, ast.Mult, ast.BitOr)
"""Operators that make a container of all that is in others."""


class Rewriter(ast.NodeTransformer):
    """Turns `f(x)` into `_cachelab_call_(f, x)`, `x[a:b]` into `_cachelab_made_(x[a:b])`, ..."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                argument.value = _apply(MADE, [argument.value], [], argument)
        if isinstance(node.func, ast.Name) and node.func.id in UNTOUCHED:
            return node
        return _apply(CALL, [node.func, *node.args], node.keywords, node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        [operator, *more] = node.ops
        if more or not isinstance(operator, (ast.In, ast.NotIn)):
            return node
        asked = _apply(HAS, [node.left, *node.comparators], [], node)
        if isinstance(operator, ast.In):
            return asked
        return ast.copy_location(ast.UnaryOp(ast.Not(), asked), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _apply(MADE, [node], [], node) if isinstance(node.op, JOINING) else node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        return _apply(MADE, [node], [], node) if None in node.keys else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        parts = (part for target in node.targets for part in ast.walk(target))
        if any(isinstance(part, ast.Starred) for part in parts):
            node.value = _apply(MADE, [node.value], [], node.value)
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node  # a pattern is no expression

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Slice):
            return _apply(MADE, [node], [], node)
        return node

    def visit_List(self, node: ast.List) -> ast.AST:
        return self._display(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        return self._display(node)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        return self._display(node)

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> ast.AST:
        self.generic_visit(node)
        loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if loads and any(isinstance(item, ast.Starred) for item in node.elts):
            return _apply(MADE, [node], [], node)
        return node


def _apply(name: str, arguments: list[Any], keywords: list[Any], at: ast.AST) -> ast.expr:
    call = ast.Call(ast.Name(name, ast.Load()), arguments, keywords)
    ast.copy_location(call, at)
    return call


class Silencer(ast.NodeTransformer):
    """Leaves out the lines that are a `print` and no more, with what they would have shown."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(called, ast.Name) and called.id == "print":
            return ast.copy_location(ast.Pass(), node)
        return node


def rewrite(source: str, filename: str, *, silent: bool = False) -> Any:
    """Compile the text in its reporting form, without its prints if it is to be `silent`."""
    tree = ast.parse(source, filename)
    tree = StepReporter().visit(Silencer().visit(tree) if silent else tree)
    tree = Rewriter().visit(tree)
    return compile(ast.fix_missing_locations(tree), filename, "exec", dont_inherit=True)
