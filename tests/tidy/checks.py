"""What a machine can judge about style: each check takes a path and a text and returns what is wrong with it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

FILE_LINES = 250
FUNCTION_LINES = 60
PACKAGES = ("models", "activities", "workflows", "workers", "starter")
STAGES = (
    "intake", "review", "allocation", "preparation", "delivery", "care", "settlement", "returns", "insight",
)  # fmt: skip
ROOMS = {
    "models": {*STAGES, "order", "shared", "tables"},  # models/tables.py joins the metadata for migrations
    "activities": {*STAGES, "order", "shared", "adapters"},
    "workflows": {*STAGES, "order", "shared"},
}
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
}
IMPURE = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.monotonic", "uuid.uuid1", "uuid.uuid4", "os.urandom",
}  # fmt: skip
IMPURE_MODULES = ("random.", "secrets.")
MAY_PRINT = re.compile(r"^(starter/cli(/|\.py$)|workers/cli(/|\.py$)|workers/main\.py$|benchmarks/)")
# Written in pieces, so that this file does not trip over itself.
PRIVATE = re.compile(
    "|".join(
        [
            r"(?<![\w.~-])/(?:ro" + r"ot|wo" + r"rk)/",
            r"(?<![\w.~-])/(?:ho" + r"me|Us" + r"ers)/\w",
            r"\b(?:py"
            + r"pi\.org|python"
            + r"hosted\.org|registry\."
            + r"npmjs|crates\."
            + r"io/api|proxy\.gol"
            + r"ang)",
            r"\b[\w.-]*(?:artifact" + r"ory|dev" + r"pi|nex" + r"us)[\w-]*\.[a-z]{2,}\b",
            r"--(?:extra-)?index" + r"-url|--trusted" + r"-host",
        ]
    )
)

Check = Callable[[PurePosixPath, str], list[str]]


def file_size(path: PurePosixPath, text: str) -> list[str]:
    """No Python file over 250 lines."""
    lines = text.count("\n")
    return (
        [f"{path}: {lines} lines, {FILE_LINES} at most"]
        if path.suffix == ".py" and lines > FILE_LINES
        else []
    )


def function_size(path: PurePosixPath, text: str) -> list[str]:
    """No function over 60 lines, decorators not counted."""
    found = []
    for node in _nodes(path, text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, {FUNCTION_LINES} at most")
    return found


def purity(path: PurePosixPath, text: str) -> list[str]:
    """No clock, random number or id made inside rules, messages, states and workflows."""
    pure = path.parts[0] == "workflows" or (
        path.parts[0] == "models" and {path.stem, *path.parts[1:-1]} & {"rules", "messages", "states"}
    )
    if not pure:
        return []
    nodes = list(_nodes(path, text))
    names = _imported_names(nodes)
    return [
        f"{path}:{node.lineno}: {called} is neither pure nor replayable"
        for node in nodes
        if isinstance(node, ast.Call)
        and (called := _full_name(node.func, names))
        and (called in IMPURE or called.startswith(IMPURE_MODULES))
    ]


def no_print(path: PurePosixPath, text: str) -> list[str]:
    """Only commands print; everything else logs."""
    if path.parts[0] not in (*PACKAGES, "benchmarks") or MAY_PRINT.match(str(path)):
        return []
    return [
        f"{path}:{node.lineno}: print"
        for node in _nodes(path, text)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def ignore_with_code(path: PurePosixPath, text: str) -> list[str]:
    """A `type: ignore` says what it ignores."""
    if path.suffix != ".py":
        return []
    comments = (
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )
    return [
        f"{path}:{comment.start[0]}: type: ignore without a code"
        for comment in comments
        if re.match(r"#\s*type:\s*ignore(?!\[\w)", comment.string)
    ]


def telling_name(path: PurePosixPath, text: str) -> list[str]:
    """No module or folder is named after nothing in particular."""
    del text
    if path.suffix != ".py":
        return []
    return [f"{path}: {part} says nothing" for part in (*path.parts[:-1], path.stem) if part in EMPTY_NAMES]


def rooms(path: PurePosixPath, text: str) -> list[str]:
    """Whatever lies directly in a layer is one of the nine stages, `order`, `shared`, or that layer's own extra."""
    del text
    allowed = ROOMS.get(path.parts[0])
    if allowed is None or path.suffix != ".py" or len(path.parts) < 2:
        return []
    room = path.parts[1].removesuffix(".py")
    return [] if room in allowed or room == "__init__" else [f"{path}: {room} is not a stage"]


def nothing_private(path: PurePosixPath, text: str) -> list[str]:
    """No folder of a person or a machine, no package registry's address."""
    return [
        f"{path}:{number}: {hit.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        if (hit := PRIVATE.search(line))
    ]


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        file_size, function_size, purity, no_print, ignore_with_code, telling_name, rooms, nothing_private,
    )
}  # fmt: skip


def _nodes(path: PurePosixPath, text: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(text, str(path))) if path.suffix == ".py" else iter(())


def _imported_names(nodes: list[ast.AST]) -> dict[str, str]:
    """What each name that an import binds stands for, as a full dotted name."""
    names: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                names |= {alias.asname: alias.name} if alias.asname else {top: top}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _full_name(node: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and (owner := _full_name(node.value, names)):
        return f"{owner}.{node.attr}"
    return None
