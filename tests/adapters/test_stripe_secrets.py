"""The API key stands in no message and in no variable that a logged traceback shows."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from rich.console import Console
from rich.traceback import Traceback

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe import StripeEvents, stripe_client
from tests.adapters.stripe_remembering import remembering
from tests.adapters.stripe_server import LOST, StripeServer, serving

SECRET = "sk_test_never_to_be_seen"


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with serving() as one:
        one.api.api_key = SECRET
        yield one


def shown(error: BaseException) -> str:
    """A traceback as the log shows it: with variables, and with every error that led to it."""
    text = io.StringIO()
    console = Console(file=text, width=2_000)
    console.print(
        Traceback.from_exception(
            type(error), error, error.__traceback__, show_locals=True, locals_max_string=10_000
        )
    )
    return text.getvalue()


async def failure_of(server: StripeServer) -> BaseException:
    """What an authorisation ends with, having gone through every block of ours."""
    try:
        async with remembering(server) as gateway:
            await gateway.authorise("o-1:authorise:1", "DE-1", 1_000, "EUR", "card", "pm_1")
    except Exception as error:
        return error
    raise AssertionError("it was authorised")


@pytest.mark.parametrize("status", [400, 401, 403, 409, 429, 500])
async def test_an_error_of_stripes_shows_no_key(server: StripeServer, status: int) -> None:
    server.canned.append((status, {"error": {"type": "api_error", "message": "so it is"}}))
    told = shown(await failure_of(server))
    assert ("so it is" in told, SECRET in told) == (True, False)


async def test_a_lost_answer_shows_no_key(server: StripeServer) -> None:
    server.plan["authorise"] = LOST
    told = shown(await failure_of(server))
    assert ("RemoteProtocolError" in told, SECRET in told) == (True, False)


async def test_a_defect_below_us_shows_no_key(server: StripeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise TypeError("a defect")

    monkeypatch.setattr("httpx.AsyncClient.request", broken)
    told = shown(await failure_of(server))
    assert ("a defect" in told, SECRET in told) == (True, False)


async def test_an_event_that_cannot_be_fetched_back_shows_no_key(server: StripeServer) -> None:
    event = {"id": "evt_1", "type": "charge.refunded", "created": 1, "data": {"object": {"id": "ch_1"}}}
    server.canned.append((500, {}))
    try:
        async with stripe_client(SECRET, server.base) as client:
            await StripeEvents(client)(event)
    except Exception as error:
        told = shown(error)
    assert ("fetch back" in told, SECRET in told) == (True, False)
