"""Bodies with faults that a person mends with the customer: what a task is, what is said to it, whom it is told to. Pure."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from models.intake.body import LOCALE, is_printable
from models.intake.checks import ContactCheck, text_of
from models.intake.states import TaskState
from models.order.messages import Decision
from models.order.records import Notice, NoticeKind
from models.shared.errors import Problem
from models.shared.ids import fingerprint
from models.shared.messages import Message

MOST_BYTES = 1_000_000
# An order is three levels deep. What is much deeper is no order, and no JSON library of ours writes it.
MOST_LEVELS = 32
_TOLD = 10
_SOURCE = ("/channel", "/source_id")
_LINE = re.compile(r"/lines/(\d+)/(sku|quantity)")
# What a customer can tell, in a customer's words.
_ASKED = {
    "/customer": "your name and e-mail address",
    "/customer/name": "your name",
    "/customer/email": "your e-mail address",
    "/customer/phone": "your phone number",
    "/ship_to": "the address to deliver to",
    "/ship_to/line1": "street and house number",
    "/ship_to/line2": "the second line of the address",
    "/ship_to/city": "the town",
    "/ship_to/postcode": "the postcode",
    "/ship_to/region": "the region or state",
    "/ship_to/country": "the country",
    "/lines": "what you order",
}
_LINE_WORDS = {"sku": "which article", "quantity": "how many pieces"}


class Reach(Message):
    """Where the customer of a task can be written to; `email` is empty when none could be read."""

    email: str = ""
    name: str = ""
    locale: str = "en"


class Mend(Decision):
    """A JSON merge patch (RFC 7396) on a task's body. `version`: the one that was looked at; 0: whichever stands."""

    patch: dict[str, Any]
    version: int = 0


class ClaimTask(Decision):
    """Take a task. `over`: whom it is taken from; without it only a free one is."""

    over: str = ""


class Done(Message):
    """One line of a task's history. `changed` names places of the body, never what stands there."""

    at: datetime | None = None
    by: str
    what: str
    why: str = ""
    changed: tuple[str, ...] = ()


class TaskRow(Message):
    """A task as lists show it. `faults`: how many are left; times are UTC."""

    id: str
    channel: str
    source_id: str
    state: TaskState
    faults: int
    owner: str = ""
    why: str = ""
    order_number: str = ""
    version: int
    created_at: datetime
    updated_at: datetime


class TaskView(TaskRow):
    """One task: the body as it came, as it stands now, what is wrong with it, and who did what."""

    body: dict[str, Any]
    body_now: dict[str, Any]
    problems: tuple[Problem, ...]
    reach: Reach = Reach()
    history: tuple[Done, ...] = ()


class TaskPage(Message):
    """One page of tasks, the oldest first; `next` is empty on the last one."""

    tasks: tuple[TaskRow, ...]
    next: str = ""


class NewTask(Message):
    """A body to be mended, with all its faults."""

    body: dict[str, Any]
    problems: tuple[Problem, ...]
    reach: Reach

    @property
    def source(self) -> tuple[str, str]:
        """Channel and source id."""
        return text_of(self.body, "channel"), text_of(self.body, "source_id")

    @property
    def fingerprint(self) -> str:
        """The same as the fingerprint of the order that this body would be."""
        return print_of(self.body)

    @property
    def id(self) -> str:
        """The same body from the same source has the same id, always; never an order number, which has no small letters."""
        text = "\n".join((*self.source, self.fingerprint))
        return f"task-{base64.b32encode(hashlib.sha256(text.encode()).digest())[:16].decode('ascii').lower()}"


def print_of(body: Mapping[str, Any]) -> str:
    """The fingerprint of a body."""
    return fingerprint(orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode())


def can_be_mended(raw: Any, problems: Iterable[Problem]) -> bool:
    """Whether a task can stand for a body with these faults: it says without fault where it comes from, and can be kept."""
    if not isinstance(raw, dict) or not keepable(raw):
        return False
    return not any(problem.pointer in ("", *_SOURCE) for problem in problems)


def keepable(raw: Any) -> bool:
    """Whether a decoded JSON body can be stored: at most 32 levels, no NUL."""
    level: list[Any] = [raw]
    for _ in range(MOST_LEVELS):
        if not level:
            return True
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                if any("\0" in name for name in one):
                    return False
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and "\0" in one:
                return False
        level = below
    return not level


def unkept(body: Mapping[str, Any], at: str) -> list[Problem]:
    """Why a body cannot be stored, told at a place; empty when it can."""
    if not keepable(body):
        said = f"holds a NUL, or is more than {MOST_LEVELS} levels deep"
        return [Problem(pointer=at, code="bad_format", detail=said, fix="send only what an order has")]
    if len(orjson.dumps(body)) > MOST_BYTES:
        said = f"the body would hold more than {MOST_BYTES} bytes"
        return [Problem(pointer=at, code="too_large", detail=said, fix="shorten it")]
    return []


def unfit(body: Mapping[str, Any], before: Mapping[str, Any]) -> list[Problem]:
    """Why a patched body cannot take the place of the one before; empty when it can."""
    return unkept(body, "/patch") or [
        Problem(
            pointer=f"/patch/{name}", code="not_changeable", detail="is what tells this order from others",
            fix="leave it out; hand an order of another source in by itself",
        )
        for name in ("channel", "source_id")
        if body.get(name) != before.get(name)
    ]  # fmt: skip


def reach_of(raw: Mapping[str, Any], contact: ContactCheck) -> Reach:
    """Where the customer can be written to, as far as the body tells it without fault."""
    customer = raw.get("customer")
    customer = customer if isinstance(customer, dict) else {}
    email, name, locale = text_of(customer, "email"), text_of(customer, "name"), text_of(raw, "locale")
    found = contact(email, "", "") if len(email) <= 254 and is_printable(email) else None
    return Reach(
        email=found.email if found and not found.faults else "",
        name=name if len(name) <= 120 and is_printable(name) else "",
        locale=locale if LOCALE.fullmatch(locale) else "en",
    )


def letters(task: NewTask) -> tuple[Notice, ...]:
    """Who is written to: customer service, always; the customer, where there is an address and something to ask."""
    channel, source_id = task.source
    known = {"source": source_id, "channel": channel}
    listed = [f"{one.pointer or '/'}: {one.detail}" for one in task.problems]
    told = (Notice(kind=NoticeKind.INTAKE_TASK, data=known | {"faults": _listed(listed)}),)
    asked = questions(task.problems)
    if not task.reach.email or not asked:
        return told
    return (*told, Notice(kind=NoticeKind.INTAKE_QUESTION, data=known | {"faults": _listed(asked)}))


def questions(problems: Iterable[Problem]) -> list[str]:
    """What the customer is asked: faults of name, address, contact and goods; not prices, which the storefront made."""
    asked = []
    for problem in problems:
        words = _ASKED.get(problem.pointer, "")
        if found := _LINE.fullmatch(problem.pointer):
            words = f"{_LINE_WORDS[found[2]]} (item {int(found[1]) + 1})"
        if words:
            asked.append(f"{words}: {problem.detail}")
    return asked


def _listed(lines: Sequence[str]) -> str:
    more = [f"- and {len(lines) - _TOLD} more"] if len(lines) > _TOLD else []
    return "\n".join([*(f"- {line}" for line in lines[:_TOLD]), *more])
