"""The Stripe adapter over the fake, with what the conformance suite needs of a provider."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from activities.review.ports import PaymentGateway
from tests.adapters.stripe_remembering import remembering
from tests.adapters.stripe_server import LOST, serving

Parts = tuple[
    PaymentGateway,
    Callable[[str], PaymentGateway],
    Callable[[str, bool], Awaitable[bool]],
    Callable[[str], Awaitable[int]],
]


@contextlib.asynccontextmanager
async def over_the_fake() -> AsyncIterator[Parts]:
    """Gateway, the same one losing an operation's answer, the customer who settles, and how many requests a key made."""
    async with serving() as server, remembering(server, multicapture=True) as gateway:

        def losing(operation: str) -> PaymentGateway:
            server.plan[operation] = LOST
            return gateway

        async def settle(reference: str, approve: bool) -> bool:
            return server.api.settle(reference, approve)

        async def requests(key: str) -> int:
            return [made for _, made in server.api.journal].count(key)

        yield gateway, losing, settle, requests
