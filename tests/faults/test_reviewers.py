"""Orders wait for people while worker and engine are killed; then two reviewers decide about each at once."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.reviewers import wait_for_people
from benchmarks.shop import findings, open_house

pytestmark = [pytest.mark.engine, pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300)]

ORDERS = 24


def test_none_is_lost_and_none_is_decided_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    with open_house() as house:
        figures = asyncio.run(wait_for_people(house, ORDERS))
        assert asyncio.run(findings(house)) == []
    assert figures["approved"] + figures["rejected"] == ORDERS
    wrong = ("lost", "decided_twice", "undecided", "answered_both_or_neither")
    assert {name: figures[name] for name in wrong} == dict.fromkeys(wrong, 0)
