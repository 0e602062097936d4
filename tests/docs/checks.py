"""What the documents must hold: each check takes text and returns what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel
from temporalio import workflow

from activities.adapters.address_rules.country_rules import countries, rules_for
from models.intake import validation
from models.intake.checks import AddressVerdict
from models.order.policy import CarrierService, Policy
from models.order.waits import WAITS, WaitingFor
from models.shared.errors import ErrorCode
from starter.http import DoorParts, create_app
from starter.settings import Settings
from tests.docs.pages import ROOT, anchors, inline, links, prose, rows, sections
from workflows.order import OrderWorkflow
from workflows.shared.waiting import ENDS_BY_ITSELF

ADR_LINES = 40
ADR_PARTS = {"Context", "Decision", "Consequences", "Rejected"}
RUNBOOK_PARTS = {
    "What it means", "Who acts, and how", "At the deadline", "What to check", "Every order that waits like this",
}  # fmt: skip
_DEFINED = workflow._Definition.must_from_class(OrderWorkflow)
_PATH = re.compile(r"^(?:models|activities|workflows|workers|starter|tests|docs|benchmarks)/[\w./-]+$")


@cache
def messages(workflow_class: type = OrderWorkflow) -> dict[str, tuple[set[str], type[BaseModel] | None]]:
    """Every message of a workflow, by default the order's: which kinds there are, and what it carries."""
    found: dict[str, tuple[set[str], type[BaseModel] | None]] = {}
    defined = workflow._Definition.must_from_class(workflow_class)
    for kind in ("signal", "update", "query"):
        kept: dict[str, Any] = getattr(defined, {"query": "queries"}.get(kind, f"{kind}s"))
        for name, definition in kept.items():
            kinds, _ = found.get(name, (set(), None))
            carried = definition.arg_types[0] if definition.arg_types else None
            found[name] = (kinds | {kind}, carried)
    return found


def waits(text: str) -> list[str]:
    """One row for each wait, as `models.order.waits` has it."""
    found, wrong = rows(text), []
    for name, wait in WAITS.items():
        how = ", ".join(f"`{verb}`" for verb in wait.how) or "–"
        row = found.get(name.value)
        if row is None or row[1:5] != [wait.stage.value, wait.what, wait.who, how]:
            wrong.append(f"wait {name.value} has no row, or another one than the code")
        elif f"`{name.value}_s`" not in row[5] or (name in ENDS_BY_ITSELF) == ("reminds" in row[6]):
            wrong.append(f"wait {name.value} has another deadline in the code")
    return wrong


def runbook(name: WaitingFor, text: str) -> list[str]:
    """A runbook has its parts, its deadline, every way to act, and how to find all such orders."""
    wait = WAITS[name]
    needed = [f"# {name.value} ", wait.what, wait.who, f"`deadlines.{name.value}_s`"]
    needed += [f'WaitingFor = "{name.value}" AND', f"orderloom orders list --waiting-for {name.value}"]
    needed += [verb.split()[0] for verb in wait.how] + [verb.split()[-1] for verb in wait.how]
    flat = " ".join(text.split())
    missing = sorted(RUNBOOK_PARTS - set(sections(text))) + [one for one in needed if one not in flat]
    return [f"{name.value}: {one} is missing" for one in missing]


def message_reference(text: str) -> list[str]:
    """One section for each message, with a row for each field."""
    found, wrong = sections(text), []
    for name, (kinds, carried) in messages().items():
        if name not in found:
            wrong.append(f"message {name} is missing")
            continue
        first = found[name].strip().split(".", maxsplit=1)[0].lower()
        wrong += [f"{name} is a {kind}, too" for kind in sorted(kinds) if kind not in first]
        if carried and f"`{carried.__name__}`" not in found[name]:
            wrong.append(f"{name} carries {carried.__name__}")
        fields = carried.model_fields if carried else _DEFINED.queries[name].ret_type.model_fields  # type: ignore[union-attr]
        wrong += [f"{name}.{field} is missing" for field in fields if field not in rows(found[name])]
    return wrong


def problem_codes() -> set[str]:
    """Every code that a body's fault or a refusal over HTTP may have, as the sources spell them."""
    sources = [
        *ROOT.glob("models/intake/*.py"), *ROOT.glob("starter/http/*.py"), *ROOT.glob("starter/*.py"),
        *ROOT.glob("activities/adapters/address_rules/*.py"), *ROOT.glob("activities/order/polic*.py"),
        *ROOT.glob("activities/*/calendars.py"), *ROOT.glob("activities/allocation/warehouses.py"), ROOT / "models/allocation/preorders.py",
    ]  # fmt: skip
    found = {code for code, _, _ in validation._CODES.values()}
    for source in sources:
        text = source.read_text("utf-8")
        found |= set(re.findall(r'\bcode="([a-z_]+)"', text))
        found |= set(re.findall(r'(?:DoorError\(|problem\()\d{3}, "([a-z_]+)"', text))
    return found


def error_reference(text: str) -> list[str]:
    """Every error code and every problem code stands in a table."""
    listed = {code for first in rows(text) for code in re.findall(r"[a-z_]+", first)}
    codes = sorted({code.value for code in ErrorCode} | problem_codes())
    return [f"code {code} is missing" for code in codes if code not in listed]


def address_reference(text: str) -> list[str]:
    """Every verdict, and for each requirement the countries that have it."""
    found, rules = rows(text), {code: rules_for(code) for code in sorted(countries())}
    required = {
        "postcode required": [code for code, one in rules.items() if one.needs_postcode],
        "region required": [code for code, one in rules.items() if one.needs_region],
        "town not required": [code for code, one in rules.items() if not one.needs_city],
        "postcode and region compared": [
            code
            for code, one in rules.items()
            if any(rules_for(code, region).regional for region in set(one.regions.values()))
        ],
    }
    wrong = [f"verdict {one.value} is missing" for one in AddressVerdict if one.value not in found]
    return wrong + [f"{what}: other countries in the code" for what, codes in required.items()
                    if found.get(what, [what, ""])[1].split() != codes]  # fmt: skip


def policy_reference(text: str) -> list[str]:
    """Every field of a policy with the value that ships."""
    found, wrong = rows(text), []
    for name, value in _leaves(Policy(), ""):
        row = found.get(name)
        if row is None:
            wrong.append(f"policy field {name} is missing")
        elif name != "delivery.services" and json.loads(row[1].strip("`")) != json.loads(json.dumps(value)):
            wrong.append(f"policy field {name} ships as {json.dumps(value)}")
    wrong += [f"carrier field {name} is missing" for name in CarrierService.model_fields if name not in found]
    for service in Policy().delivery.services:
        if f"| {service.carrier} | {service.service} |" not in text:
            wrong.append(f"service {service.carrier} {service.service} is missing")
    return wrong


def _leaves(part: BaseModel, at: str) -> Iterator[tuple[str, Any]]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{at}{name}.")
        else:
            yield f"{at}{name}", value


@cache
def routes() -> set[tuple[str, str]]:
    """Every route of the HTTP door as (method, path)."""
    nothing: dict[str, Any] = dict.fromkeys(DoorParts.__dataclass_fields__)
    app = create_app(DoorParts(**{**nothing, "settings": Settings()}))
    listed: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return {(method.upper(), path) for path, methods in listed.items() for method in methods}


def http_reference(text: str) -> list[str]:
    """Every route stands in the table."""
    found = rows(text)
    return [
        f"{method} {path} is missing" for method, path in sorted(routes()) if f"{method} {path}" not in found
    ]


def decision_record(name: str, text: str) -> list[str]:
    """A decision record is short, is numbered as it is named, and says what was rejected."""
    wrong = (
        [f"{name}: {text.count(chr(10))} lines, {ADR_LINES} at most"] if text.count("\n") > ADR_LINES else []
    )
    if not text.startswith(f"# {name[:4]} "):
        wrong.append(f"{name}: the title has another number")
    return wrong + [f"{name}: {part} is missing" for part in sorted(ADR_PARTS - set(sections(text)))]


def dead_links(path: str, text: str) -> list[str]:
    """Every relative link leads to a file that is there, and to a heading in it."""
    wrong = []
    for target in links(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        there = (ROOT / path).parent / file if file else ROOT / path
        if not there.exists() or (heading and heading not in anchors(there.read_text("utf-8"))):
            wrong.append(f"{path}: {target} leads nowhere")
    return wrong


def lost_paths(path: str, text: str) -> list[str]:
    """Every file and folder that is named as code is there."""
    named = [one for one in inline(text) if _PATH.match(one)]
    named += re.findall(r"\(?(docs/adr/\d{4})\b(?!-)", prose(text))
    return [f"{path}: there is no {one}" for one in named if not list(ROOT.glob(one.rstrip("/") + "*"))]
