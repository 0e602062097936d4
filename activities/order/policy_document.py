"""A policy as a document: what is wrong with it, all at once."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from activities.shared.calendars import hours_faults
from models.order.policy import BusinessHours, Policy
from models.shared.errors import Problem, Refused

# Where a policy says when people work.
_HOURS = ("review", "sla", "hours")


def read_policy(document: Mapping[str, Any]) -> Policy:
    """A policy from a document that may leave things out but names nothing unknown. Raises `Refused` with all faults."""
    problems = [
        Problem(pointer=at, code="unknown_field", detail="is not part of a policy", fix="leave it out")
        for at in _unknown(document, Policy, "")
    ]
    policy: Policy | None = None
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        problems += [
            Problem(pointer=_pointer(fault["loc"]), code="bad_policy", detail=fault["msg"])
            for fault in error.errors()
        ]
    problems += _calendar_faults(policy.model_dump() if policy else document)
    if problems or policy is None:
        raise Refused(problems)
    return policy


def expect_sound(policy: Policy) -> None:
    """Raise `Refused` with every fault of a policy's calendars: its waits could not be counted."""
    problems = list(_calendar_faults(policy.model_dump()))
    if problems:
        raise Refused(problems)


def _calendar_faults(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Faults of the working hours, of what can be read of them."""
    part: Any = document
    for name in _HOURS:
        part = part.get(name) if isinstance(part, Mapping) else None
    if not isinstance(part, Mapping):
        return
    hours = BusinessHours()
    for name, value in part.items():
        try:
            hours = BusinessHours.model_validate(hours.model_dump() | {name: value})
        except ValidationError:
            continue  # told already
    yield from hours_faults(hours, "/" + "/".join(_HOURS))


def _unknown(given: Any, kind: Any, at: str) -> Iterator[str]:
    """Pointers to the fields that a part of a policy does not have."""
    model = next((one for one in (kind, *get_args(kind)) if _is_model(one)), None)
    if model is None:
        return
    if isinstance(given, list | tuple):
        for nth, one in enumerate(given):
            yield from _unknown(one, model, f"{at}/{nth}")
    elif isinstance(given, Mapping):
        for name, value in given.items():
            if name in model.model_fields:
                yield from _unknown(value, model.model_fields[name].annotation, f"{at}/{name}")
            else:
                yield f"{at}/{name}"


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{step}" for step in location)
