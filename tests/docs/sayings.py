"""Whether the commands in the documents would be understood: by `orderloom`, by the workflow, by the HTTP door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import typer
import typer.main
from pydantic import BaseModel, ValidationError

from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
from models.allocation.messages import StockReceipt
from models.intake.checks import CatalogueEntry
from models.intake.tasks import ClaimTask, Mend
from models.intake.validation import read_order
from models.order.messages import Decision, Order
from models.preparation.messages import BenchWork
from models.shared.errors import Refused
from models.shared.ids import DISPUTE_PREFIX
from starter.desk import VERBS
from starter.disputes import DISPUTE_VERBS
from tests.docs.checks import messages, routes
from tests.docs.pages import blocks, commands, inline
from tests.rules.order_bodies import NOW
from workflows.order import OrderWorkflow
from workflows.settlement.disputes.answer_bank import DisputeWorkflow

_BODIES: dict[str, type[BaseModel]] = {
    **{f"/orders/{{order_number}}/{verb}": model for verb, model in VERBS.items()},
    **{f"/disputes/{{reference}}/{verb}": model for verb, model in DISPUTE_VERBS.items()},
    "/bench/parcels/{parcel_id}/steps": BenchWork,
    "/stock/receipts": StockReceipt,
    "/intake/tasks/{task_id}/mend": Mend,
    "/intake/tasks/{task_id}/claim": ClaimTask,
    "/intake/tasks/{task_id}/drop": Decision,
}


def misunderstood(path: str, text: str) -> list[str]:
    """What the documents tell people to type and nobody would understand."""
    wrong: list[str] = []
    for words in commands(text):
        if words[0] == "orderloom":
            wrong += _by_us(words[1:])
        elif words[:2] == ["temporal", "workflow"]:
            wrong += _by_the_workflow(words[2:])
        elif words[0] == "curl":
            wrong += _by_the_door(words)
    for code in inline(text):
        if code.startswith("orderloom "):
            wrong += _command_of(code.split()[1:])[1]
    return [f"{path}: {one}" for one in wrong]


# Typer brings a click of its own: what it raises on wrong use is the root of its own errors.
_WRONG_USE: type[Exception] = next(
    kind
    for kind in typer.BadParameter.__mro__
    if kind.__name__ == "ClickException" and issubclass(kind, Exception)
)


@cache
def _orderloom() -> Any:
    from workers.main import build

    return typer.main.get_command(build())


def _command_of(words: list[str]) -> tuple[tuple[Any, list[str]] | None, list[str]]:
    """The command that words name with the rest of them, or what is wrong."""
    command, rest = _orderloom(), words
    while hasattr(command, "commands"):
        name = rest[0] if rest else ""
        inner = command.commands.get(name)
        if inner is None:
            # A group alone may be named in a text.
            return None, [f"orderloom knows no {' '.join(words)}"] if name.isalpha() else []
        command, rest = inner, rest[1:]
    return (command, rest), []


def _by_us(words: list[str]) -> list[str]:
    found, wrong = _command_of(words)
    if found is None:
        return wrong or [f"orderloom {' '.join(words)} is no whole command"]
    try:
        found[0].make_context(" ".join(words), list(found[1]))
    except _WRONG_USE as error:
        return [f"orderloom {' '.join(words)}: {getattr(error, 'format_message', error.__str__)()}"]
    return []


def _by_the_workflow(words: list[str]) -> list[str]:
    kind = words[0]
    if kind not in ("signal", "update", "query"):
        return []
    name = _after(words, "--name")
    about = _after(words, "--workflow-id") or _after(words, "-w")
    workflow_class = DisputeWorkflow if about.startswith(DISPUTE_PREFIX) else OrderWorkflow
    kinds, carried = messages(workflow_class).get(name, (set(), None))
    if kind not in kinds:
        return [f"there is no {kind} {name}"]
    return _unfit(carried, _after(words, "--input"), f"{kind} {name}") if carried else []


def _by_the_door(words: list[str]) -> list[str]:
    method = _after(words, "-X") or "GET"
    path = next(word for word in words if word.startswith("$DOOR")).removeprefix("$DOOR").split("?")[0]
    for known_method, pattern in routes():
        if known_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            model = _BODIES.get(pattern)
            return _unfit(model, _after(words, "-d"), f"{method} {path}") if model else []
    return [f"the door knows no {method} {path}"]


def _unfit(model: type[BaseModel], text: str, where: str) -> list[str]:
    try:
        model.model_validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        return [f"{where}: {fault['loc']} {fault['msg']}" for fault in error.errors()]
    return []


def _after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1] if option in words else ""


def order_bodies(text: str) -> list[str]:
    """The bodies that a document posts to /orders."""
    posted = [words for words in commands(text) if "$DOOR/orders" in words and "-X" in words]
    return [_after(words, "-d") for words in posted]


def catalogue(text: str) -> dict[str, CatalogueEntry]:
    """The products that the document's Python puts into the catalogue."""
    found = {}
    for block in blocks(text, "python"):
        for call in _calls(ast.parse(block), "ProductSeed"):
            entry = CatalogueEntry(**{str(one.arg): ast.literal_eval(one.value) for one in call.keywords})
            found[entry.sku] = entry
    return found


def accepted(raw: Any, goods: dict[str, CatalogueEntry]) -> tuple[Order | None, list[str]]:
    """The order that a body is, or its faults, by the same check that the door makes."""
    address, contact = RuleAddressBook().check, RuleContactBook().check
    try:
        return read_order(raw, catalogue=goods, address=address, contact=contact, now=NOW), []
    except Refused as refused:
        return None, [f"{problem.pointer} {problem.code}" for problem in refused.problems]


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node
