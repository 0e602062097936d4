"""The connection to Stripe, and what its errors mean to a step.

no connection                        Unreachable      429                              Unreachable
time-out, connection lost, 409, 5xx  OutcomeUnknown   (Unreachable when only reading)
idempotency_error                    RequestConflict  400, 401, 403, 404               CallRefused
402 card_error                       CardDeclined: a business "no"; any other defect is as a time-out
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx
import stripe

from activities.shared.failures import (
    CallRefused,
    GatewayError,
    OutcomeUnknown,
    RequestConflict,
    Unreachable,
)

T = TypeVar("T")
CONNECT_S = 2.0
# A step has ten seconds for one question and one call.
ANSWER_S = 6.0
# While another attempt of ours holds the key Stripe answers 409 at once.
_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@asynccontextmanager
async def stripe_client(
    api_key: str, api_base: str = "", answer_s: float = ANSWER_S
) -> AsyncIterator[stripe.StripeClient]:
    """A client with time-outs and no retries of its own: the engine tries again, with the same key."""
    logging.getLogger("stripe").setLevel(logging.WARNING)  # else two lines for each call
    async with httpx.AsyncClient(timeout=httpx.Timeout(answer_s, connect=CONNECT_S, pool=CONNECT_S)) as http:
        client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else {},
            max_network_retries=0,
            http_client=_Carrier(http),
        )
        del api_key  # whatever ends this block may be logged with its variables
        yield client


class _Carrier(stripe.HTTPClient):
    """Stripe's client over our own httpx: only what went wrong on the way is a connection error."""

    name = "httpx"

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__()
        self._http = http

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One request → body, status, headers. Raises `APIConnectionError` from httpx's error."""
        try:
            answer = await self._http.request(method, url, headers=dict(headers), content=post_data or b"")
        except httpx.TransportError as error:
            raise stripe.APIConnectionError(f"no answer: {type(error).__name__}") from error  # type: ignore[no-untyped-call]
        return answer.content, answer.status_code, answer.headers


class CardDeclined(Exception):
    """The bank says no, a business answer; `told` is Stripe's `error` object."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(str(told.get("code") or "declined"))
        self.told = told


@contextmanager
def telling_apart(what: str, writes: bool) -> Iterator[None]:
    """Raise ours for whatever happens, see the table above. `writes` false: a call without effect."""
    try:
        yield
    except stripe.CardError as error:
        raise CardDeclined(body_of(error)) from _bare(error)
    except Exception as error:
        raise _ours(what, error, OutcomeUnknown if writes else Unreachable) from _bare(error)


def _ours(what: str, error: Exception, unsure: type[GatewayError]) -> GatewayError:
    """What an error means; `unsure` when nobody can tell whether something was done."""
    match error:
        case stripe.APIConnectionError():
            kind = Unreachable if isinstance(error.__cause__, _BEFORE_SENDING) else unsure
            return kind(f"Stripe, {what}: {type(error.__cause__ or error).__name__}")
        case stripe.RateLimitError():
            return Unreachable(_said(what, error))
        case stripe.IdempotencyError():
            return RequestConflict(_said(what, error))
        case stripe.AuthenticationError():
            return CallRefused(f"Stripe does not take ORDERLOOM_STRIPE_API_KEY: {_said(what, error)}")
        case stripe.PermissionError():
            return CallRefused(f"ORDERLOOM_STRIPE_API_KEY lacks a right at Stripe: {_said(what, error)}")
        case stripe.InvalidRequestError():
            return CallRefused(_said(what, error))
        case stripe.StripeError():
            return unsure(_said(what, error))
    return unsure(f"Stripe, {what}: {type(error).__name__}: {error}")


def _bare(error: BaseException) -> BaseException:
    """The error, and all that led to it, without frames: their variables hold the API key, and logs show variables."""
    chain: list[BaseException | None] = [error]
    while chain:
        if (one := chain.pop()) is not None:
            one.__traceback__ = None
            chain += [one.__cause__, one.__context__]
    return error


async def past_rivals(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call again while another one with its key is under way, for about three seconds."""
    for pause_s in _PAUSES_S:
        try:
            return await call()
        except stripe.StripeError as error:
            if code_of(error) != "idempotency_key_in_use":
                raise
        await asyncio.sleep(pause_s)
    return await call()


def body_of(error: stripe.StripeError) -> dict[str, Any]:
    """The `error` object of an answer; empty when there was none."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error")
    return told if isinstance(told, dict) else {}


def code_of(error: stripe.StripeError) -> str:
    """Stripe's stable code of an error, or empty."""
    return str(body_of(error).get("code") or "")


def _said(what: str, error: stripe.StripeError) -> str:
    """Stripe's words with the request id that its support asks for."""
    words = error.user_message or f"HTTP {error.http_status}"
    return f"Stripe, {what}: {words} ({code_of(error) or type(error).__name__}, request {error.request_id or 'unknown'})"
