"""Works the inbox off: applies each event once, then tells the workflow what changes what it does next."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.delivery.tracking import TrackingRecords, UnknownParcelError
from activities.review.news import TooEarlyError, read_news
from activities.settlement.disputes.news import KINDS as DISPUTE_KINDS
from activities.settlement.disputes.news import ContradictionError, UnknownPaymentError, read_dispute
from activities.shared.database import Cursor
from activities.shared.failures import GatewayError
from activities.shared.inbox_store import DueEvent, InboxStore
from models.delivery.messages import TrackingEvent
from models.delivery.vocabulary import translate
from models.shared.errors import Unavailable
from models.shared.ids import TASK_QUEUE, workflow_id
from workers.relays.disputes import signal_of, tell_dispute
from workers.relays.loop import work_until

log = structlog.get_logger()

_BATCH = 100
_AT_ONCE = 8
_IDLE_S = 0.05
# What may yet be applied, when our own record or the outside has come so far.
_LATER = (
    UnknownParcelError, TooEarlyError, UnknownPaymentError, ContradictionError, Unavailable, RPCError, GatewayError,
)  # fmt: skip
# Sources that speak as we do; any other needs somebody who hears it.
_PLAIN = frozenset({"carrier", "psp"})
# An event as it came → payment news as the simulator tells it; None: nothing to us. Asks the outside, so in no transaction.
Hear = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any] | None]]


class InboxRelay:
    """Between what the doors stored and the workflows. `hears`: who understands the events of a source, by its name;
    `task_queue`: where disputes begin to live."""

    def __init__(
        self,
        store: InboxStore,
        client: Client,
        hears: Mapping[str, Hear] | None = None,
        task_queue: str = TASK_QUEUE,
    ) -> None:
        self._store = store
        self._task_queue = task_queue
        self._hears = hears or {}
        self._client = client
        self._tracking = TrackingRecords()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        waits = "inbox waits for the database"
        await work_until(stop, self.work_due, batch=_BATCH, idle_s=_IDLE_S, waits=waits)

    async def work_due(self) -> int:
        """Work one batch off; returns how many events were due. Events of one parcel or payment keep their order."""
        due = await self._store.claim(_BATCH)
        if not due:
            return 0
        lanes: dict[str, list[DueEvent]] = {}
        for event in due:
            lanes.setdefault(_lane(event), []).append(event)
        done = [
            event for lane in await asyncio.gather(*map(self._work_lane, lanes.values())) for event in lane
        ]
        if done:
            await self._store.done(done)
        return len(due)

    async def _work_lane(self, events: list[DueEvent]) -> list[DueEvent]:
        async with self._places:
            return [event for event in events if await self._work(event)]

    async def _work(self, event: DueEvent) -> bool:
        try:
            signals = event.signals if event.state == "applied" else await self._apply(event)
            for signal in signals or []:
                await self._tell(signal)
        except _LATER as error:
            await self._store.later(event, f"{type(error).__name__}: {error}")
            return False
        except Exception as error:  # one broken event must not stop the others
            log.exception("event cannot be worked off", source=event.source, event_id=event.event_id)
            await self._store.later(event, f"{type(error).__name__}: {error}")
            return False
        return True

    async def _apply(self, event: DueEvent) -> list[dict[str, Any]]:
        if event.source not in _PLAIN:
            heard = await self._hears[event.source](event.payload)
            if heard is None:
                return []
            event = replace(event, payload=heard)
        async with self._store.database.transaction() as cursor:
            signals = await self._read(cursor, event)
            if signals:
                await self._store.applied(cursor, event, signals)
            return signals

    async def _read(self, cursor: Cursor, event: DueEvent) -> list[dict[str, Any]]:
        payload = event.payload
        if event.source == "carrier":
            status, incident = translate(payload["carrier"], payload["code"])
            told = await self._tracking.apply(
                cursor,
                TrackingEvent(
                    event_id=event.event_id,
                    carrier=payload["carrier"],
                    tracking_number=payload["tracking_number"],
                    status=status,
                    incident=incident,
                    occurred_at=payload["occurred_at"],
                    signed=payload.get("signed", False),
                    raw_code=payload["code"],
                    place=payload.get("place") or "",
                ),
            )
            if told is None:
                return []
            return [
                {"order": told.order_number, "name": "parcel_news", "arg": told.news.model_dump(mode="json")}
            ]
        if payload.get("type") in DISPUTE_KINDS:
            dispute = await read_dispute(cursor, payload)
            return [signal_of(dispute)] if dispute else []
        news = await read_news(cursor, payload)
        if news is None:
            return []
        return [{"order": news[0], "name": "payment_news", "arg": news[1].model_dump(mode="json")}]

    async def _tell(self, signal: dict[str, Any]) -> None:
        if "dispute" in signal:
            await tell_dispute(self._client, self._task_queue, self._store.database, signal)
            return
        handle = self._client.get_workflow_handle(workflow_id(signal["order"]))
        try:
            await handle.signal(signal["name"], signal["arg"])
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.info("news of an order that has ended", order=signal["order"], news=signal["name"])


def _lane(event: DueEvent) -> str:
    payload = event.payload
    if event.source not in _PLAIN:
        about = payload.get("data", {}).get("object", {})
        return str(about.get("payment_intent") or about.get("id") or event.event_id)
    return str(payload.get("tracking_number") or payload.get("order_number") or event.event_id)
