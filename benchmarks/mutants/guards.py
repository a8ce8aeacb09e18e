"""Finds the guards in a module and takes one of them away; found by what they are, no list.

A guard is a call that narrows rows to what somebody may see, a question whether he may do
something, a decorator or middleware that asks for a session or a method, a refusal.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

DECORATORS = {
    "login_not_required",
    "require_POST",
    "require_http_methods",
    "require_safe",
}
REFUSALS = {"Http404", "PermissionDenied"}
MIDDLEWARE = ("MethodMiddleware", "SignInMiddleware", "CsrfViewMiddleware")
ALLOWED = ast.parse(
    "__import__('regions.access', fromlist=['ALLOWED']).ALLOWED", mode="eval"
).body


@dataclass(frozen=True)
class Guard:
    """One guard of a module: the nth that the walk finds, and the function around it, or
    below it, if it is a decorator."""

    number: int
    kind: str
    line: int
    text: str
    # Where the function begins, with its decorators; 0 in the module itself.
    function: int


class Walk(ast.NodeTransformer):
    """Finds every guard; takes away the one whose number is asked for."""

    def __init__(self, *, is_access: bool, taken: int | None = None) -> None:
        self.found: list[Guard] = []
        self._is_access = is_access
        self._taken = taken
        self._functions: list[int] = []
        self._class = ""

    def _is_taken(self, kind: str, node: ast.expr | ast.stmt) -> bool:
        function = self._functions[0] if self._functions else 0
        text, line = ast.unparse(node).splitlines()[0], node.lineno
        self.found.append(Guard(len(self.found), kind, line, text, function))
        return len(self.found) - 1 == self._taken

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._class = f"{node.name}."
        self.generic_visit(node)
        self._class = ""
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        begin = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        self._functions.append(begin)
        node.decorator_list = [
            one
            for one in node.decorator_list
            if not (name_of(one) in DECORATORS and self._is_taken("decorator", one))
        ]
        opened = self._opened(node)
        named = ast.Name(f"{self._class}{node.name}", lineno=node.lineno)
        if opened is not None and self._is_taken("rule", named):
            node.body = [ast.Return(opened)]
        self.generic_visit(node)
        self._functions.pop()
        return node

    def _opened(self, node: ast.FunctionDef) -> ast.expr | None:
        """What a rule would return if it refused nobody; nothing if it is no rule."""
        if node.name == "visible_to":
            only = node.body[-1]
            is_open = (
                isinstance(only, ast.Return) and ast.unparse(only) == "return self"
            )
            return None if is_open else ast.Name("self", ast.Load())
        if not self._is_access or not node.name.startswith("can_"):
            return None
        is_answer = node.returns is not None and ast.unparse(node.returns) == "Answer"
        return (
            ast.Name("ALLOWED", ast.Load()) if is_answer else ast.Constant(value=True)
        )

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = name_of(node.func)
        if isinstance(node.func, ast.Attribute) and name == "visible_to":
            if self._is_taken("rows", node):
                every = ast.Attribute(node.func.value, "all", ast.Load())
                return ast.Call(every, [], [])
        elif isinstance(node.func, ast.Name) and name.startswith("can_"):
            if self._is_taken("question", node):
                return ALLOWED
        elif wraps_a_view(node) and self._is_taken("decorator", node):
            return node.args[0]
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        refused = node.exc is not None and name_of(node.exc) in REFUSALS
        if refused and not self._is_access and self._is_taken("refusal", node):
            return ast.Pass()
        return node

    def visit_List(self, node: ast.List) -> ast.AST:
        self.generic_visit(node)
        node.elts = [
            one
            for one in node.elts
            if not (is_watch(one) and self._is_taken("middleware", one))
        ]
        return node


def name_of(node: ast.expr) -> str:
    """The last name of what is called or named."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def wraps_a_view(node: ast.Call) -> bool:
    """A decorator that is called with a view, instead of standing above it."""
    views = (ast.Attribute, ast.Name)
    return name_of(node) in DECORATORS and isinstance(node.args[0], views)


def is_watch(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(MIDDLEWARE)
    )


def guards_in(source: str, *, is_access: bool = False) -> Iterator[Guard]:
    walk = Walk(is_access=is_access)
    walk.visit(ast.parse(source))
    yield from walk.found


def taken_away(source: str, number: int, *, is_access: bool = False) -> str:
    """The module without its nth guard."""
    tree = Walk(is_access=is_access, taken=number).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
