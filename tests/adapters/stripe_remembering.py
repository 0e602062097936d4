"""The adapter as the steps call it: what is asked is remembered first, as the step journal does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from activities.adapters.stripe import StripeGateway, stripe_client
from activities.adapters.stripe.asked import Asked
from activities.review.ports import GatewayAuthorisation, GatewayReceipt
from tests.adapters.stripe_server import StripeServer


@dataclass
class Notebook:
    """What was asked under each key; the first request stands."""

    asked: dict[str, Asked] = field(default_factory=dict)

    async def __call__(self, key: str) -> Asked | None:
        return self.asked.get(key)

    def note(self, operation: str, key: str, **body: object) -> None:
        self.asked.setdefault(key, Asked(operation, key, datetime.now(UTC), **body))  # type: ignore[arg-type]


@dataclass
class Remembering:
    """A gateway that notes before it asks."""

    notebook: Notebook
    inner: StripeGateway

    async def authorise(
        self, key: str, order_number: str, amount_minor: int, currency: str, method: str, token: str
    ) -> GatewayAuthorisation:
        self.notebook.note(
            "authorise",
            key,
            order_number=order_number,
            amount_minor=amount_minor,
            currency=currency,
            method=method,
            token=token,
        )
        return await self.inner.authorise(key, order_number, amount_minor, currency, method, token)

    async def find(self, key: str) -> GatewayAuthorisation | GatewayReceipt | None:
        return await self.inner.find(key)

    async def void(self, key: str, reference: str) -> GatewayReceipt:
        self.notebook.note("void", key, reference=reference)
        return await self.inner.void(key, reference)

    async def capture(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        self.notebook.note("capture", key, reference=reference, amount_minor=amount_minor)
        return await self.inner.capture(key, reference, amount_minor)

    async def refund(self, key: str, reference: str, amount_minor: int) -> GatewayReceipt:
        self.notebook.note("refund", key, reference=reference, amount_minor=amount_minor)
        return await self.inner.refund(key, reference, amount_minor)


@contextlib.asynccontextmanager
async def remembering(
    server: StripeServer,
    multicapture: bool = False,
    api_key: str = "",
    days_later: float = 0,
    answer_s: float = 3.0,
    notebook: Notebook | None = None,
) -> AsyncIterator[Remembering]:
    """The adapter over the fake; `days_later`: how far its clock is ahead."""
    kept = notebook or Notebook()
    async with stripe_client(api_key or server.api.api_key, server.base, answer_s) as client:
        yield Remembering(
            kept,
            StripeGateway(client, kept, multicapture, lambda: datetime.now(UTC) + timedelta(days=days_later)),
        )
