"""Disputes in the fake of Stripe's API: opened and decided by a bank, answered once, closed for good."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.adapters.stripe_shapes import shape

Object = dict[str, Any]


def open_dispute(
    disputes: dict[str, Object], intent: str, amount: int, currency: str, reason: str, due_by: int | None
) -> str:
    """The cardholder's bank opens a case; gives its id."""
    name = f"dp_{len(disputes) + 1}"
    disputes[name] = shape("dispute") | {
        "id": name, "object": "dispute", "amount": amount, "currency": currency.lower(), "reason": reason,
        "created": int(time.time()) - 60, "status": "needs_response", "payment_intent": intent, "metadata": {},
        "evidence": {},
        "evidence_details": {
            "due_by": due_by, "has_evidence": False, "past_due": due_by is not None and due_by < time.time(),
            "submission_count": 0,
        },
    }  # fmt: skip
    return name


def decide(dispute: Object, won: bool) -> bool:
    """The bank decides. False: it has already."""
    if dispute["status"] in ("won", "lost"):
        return False
    dispute["status"] = "won" if won else "lost"
    return True


def shown(dispute: Object, intents: Mapping[str, Object], form: Mapping[str, str]) -> Object:
    """A dispute as it is read, with its intent where that is asked for."""
    found = dict(dispute)
    if form.get("expand[0]") == "payment_intent":
        found["payment_intent"] = intents.get(dispute["payment_intent"])
    return found


def operation(
    dispute: Object, rest: list[str], refuse: Callable[[str], Exception]
) -> tuple[str, Callable[[Mapping[str, str]], Object]]:
    """What a POST about a dispute does: its name and the work."""
    if rest == ["close"]:
        return "dispute_accept", lambda form: _close(dispute, refuse)
    return "dispute_submit", lambda form: _update(dispute, form, refuse)


def _close(dispute: Object, refuse: Callable[[str], Exception]) -> Object:
    if dispute["status"] != "needs_response":
        raise refuse("This dispute is already closed or under review.")
    dispute["status"] = "lost"
    return dispute


def _update(dispute: Object, form: Mapping[str, str], refuse: Callable[[str], Exception]) -> Object:
    details = dispute["evidence_details"]
    if dispute["status"] != "needs_response" or (details["past_due"] and form.get("submit") == "true"):
        raise refuse("This dispute cannot be updated any more.")
    dispute["metadata"] |= {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
    dispute["evidence"] |= {name[9:-1]: value for name, value in form.items() if name.startswith("evidence[")}
    if form.get("submit") == "true":
        dispute["status"] = "under_review"
        details |= {"has_evidence": True, "submission_count": details["submission_count"] + 1}
    return dispute
