"""The connection to Stripe, and what its errors mean to a step.

no connection                        Unreachable      429                              Unreachable
time-out, connection lost, 409, 5xx  OutcomeUnknown   (Unreachable when only reading)
idempotency_error                    RequestConflict  400, 401, 403, 404               CallRefused
402 card_error                       passes through: a business "no"
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx
import stripe

from activities.shared.failures import CallRefused, OutcomeUnknown, RequestConflict, Unreachable

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
    async with httpx.AsyncClient(timeout=httpx.Timeout(answer_s, connect=CONNECT_S, pool=CONNECT_S)) as http:
        yield stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else {},
            max_network_retries=0,
            http_client=_Carrier(http),
        )


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


@contextmanager
def telling_apart(what: str, writes: bool) -> Iterator[None]:
    """Raise ours for Stripe's, see the table above; `CardError` passes. `writes` false: a call without effect."""
    unsure: type[Exception] = OutcomeUnknown if writes else Unreachable
    try:
        yield
    except stripe.CardError:
        raise
    except stripe.APIConnectionError as error:
        kind = Unreachable if isinstance(error.__cause__, _BEFORE_SENDING) else unsure
        raise kind(f"Stripe, {what}: {type(error.__cause__ or error).__name__}") from error
    except stripe.RateLimitError as error:
        raise Unreachable(_said(what, error)) from error
    except stripe.IdempotencyError as error:
        raise RequestConflict(_said(what, error)) from error
    except stripe.AuthenticationError as error:
        raise CallRefused(f"Stripe does not take ORDERLOOM_STRIPE_API_KEY: {_said(what, error)}") from error
    except stripe.PermissionError as error:
        raise CallRefused(
            f"ORDERLOOM_STRIPE_API_KEY lacks a right at Stripe: {_said(what, error)}"
        ) from error
    except stripe.InvalidRequestError as error:
        raise CallRefused(_said(what, error)) from error
    except stripe.StripeError as error:
        raise unsure(_said(what, error)) from error


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
