"""Who moves the money is a setting; what it lacks is named, and the command ends with 2."""

from __future__ import annotations

import importlib.util

import pytest

from models.shared.errors import Refused
from starter.settings import Settings
from tests.house.commands import run
from workers import payments
from workers.payments import API_KEY, WEBHOOK_SECRET, expect_payments

ADDRESSES = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "TEMPORAL_ADDRESS": "127.0.0.1:9"}
HAS_STRIPE = importlib.util.find_spec("stripe") is not None


def problems(settings: Settings, *needed: str) -> list[tuple[str, str]]:
    try:
        expect_payments(settings, *needed)
    except Refused as refused:
        return [(problem.pointer, problem.code) for problem in refused.problems]
    return []


def test_the_simulator_needs_nothing() -> None:
    assert problems(Settings(), API_KEY, WEBHOOK_SECRET) == []


def test_every_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments.importlib.util, "find_spec", lambda name: None)  # type: ignore[attr-defined]
    assert problems(Settings(payments="stripe"), API_KEY, WEBHOOK_SECRET) == [
        ("ORDERLOOM_STRIPE_API_KEY", "missing"),
        ("ORDERLOOM_STRIPE_WEBHOOK_SECRET", "missing"),
        ("ORDERLOOM_PAYMENTS", "missing"),
    ]


@pytest.mark.skipif(not HAS_STRIPE, reason="the extra `stripe` is not installed")
def test_with_both_secrets_nothing_is_missing() -> None:
    settings = Settings(payments="stripe", stripe_api_key="sk_test_1", stripe_webhook_secret="whsec_1")
    assert problems(settings, API_KEY, WEBHOOK_SECRET) == []
    assert "sk_test_1" not in repr(settings)
    assert "whsec_1" not in repr(settings)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("up", "ORDERLOOM_STRIPE_API_KEY"),
        ("worker", "ORDERLOOM_STRIPE_API_KEY"),
        ("relays", "ORDERLOOM_STRIPE_API_KEY"),
        ("door", "ORDERLOOM_STRIPE_WEBHOOK_SECRET"),
    ],
)
def test_a_command_that_lacks_a_secret_ends_with_2_and_names_it(command: str, named: str) -> None:
    ended = run(command, ORDERLOOM_PAYMENTS="stripe", **ADDRESSES)
    assert (ended.returncode, named in ended.stderr) == (2, True)


def test_a_provider_that_nobody_knows_is_wrong_use() -> None:
    ended = run("door", ORDERLOOM_PAYMENTS="barter", **ADDRESSES)
    assert (ended.returncode, "payments" in ended.stderr) == (2, True)
