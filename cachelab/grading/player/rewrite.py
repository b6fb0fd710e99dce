"""
Makes the work that C code does visible: calls, slices and unpackings of a submission report it.

`min(stamps)`, `list(table)[0]` and `order.pop(0)` are one step to Python's tracing and a walk over
everything to the machine. The rewritten text does the same and tells the meter how much it walked;
types stay types, so `isinstance`, annotations and subclasses are not disturbed.
"""

import ast
from typing import Any

CALL, MADE = "_cachelab_call_", "_cachelab_made_"

UNTOUCHED = {"super", "locals", "globals", "vars", "dir", "eval", "exec", "type"}
"""They look at the frame that calls them."""


class Rewriter(ast.NodeTransformer):
    """Turns `f(x)` into `_cachelab_call_(f, x)`, and `x[a:b]` into `_cachelab_made_(x[a:b])`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in UNTOUCHED:
            return node
        return _apply(CALL, [node.func, *node.args], node.keywords, node)

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


def _apply(name: str, arguments: list[Any], keywords: list[Any], at: ast.AST) -> ast.AST:
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
    tree = Rewriter().visit(Silencer().visit(tree) if silent else tree)
    return compile(ast.fix_missing_locations(tree), filename, "exec", dont_inherit=True)
