"""Delivers the outsiders' webhooks, signed by the Standard Webhooks scheme: at least once, and never given up."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from activities.shared.database import Database, Row
from models.shared.errors import Unavailable

# A claim lasts `lease_s`: a pump that dies leaves its rows to the next one, which may deliver them again.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM sim.webhook
    WHERE delivered_at IS NULL AND next_at <= now() AND source = ANY(%(sources)s)
    ORDER BY next_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE sim.webhook w SET attempts = attempts + 1, next_at = now() + make_interval(secs => %(lease_s)s)
FROM due WHERE w.id = due.id
RETURNING w.id, source, event_id, payload::text AS body, attempts"""

_SETTLE = """
UPDATE sim.webhook w
SET delivered_at = CASE WHEN told.done THEN now() END,
    next_at = now() + make_interval(secs => told.wait_s),
    last_answer = told.answer
FROM unnest(%(ids)s::bigint[], %(done)s::boolean[], %(waits)s::float8[], %(answers)s::text[])
     AS told(id, done, wait_s, answer)
WHERE w.id = told.id AND w.delivered_at IS NULL"""


@dataclass(frozen=True)
class Told:
    """How one delivery went."""

    row_id: int
    done: bool
    answer: str
    wait_s: float = 0.0


class WebhookPump:
    """Posts due rows of `sim.webhook` to `{base_url}/webhooks/{source}`.

    `secrets`: signing secret (`whsec_…`) of each source; rows of other sources are left alone. A row that is not
    answered with 2xx is tried again after `backoff_s`, doubled each time up to `backoff_most_s`.
    """

    def __init__(
        self,
        db: Database,
        client: httpx.AsyncClient,
        base_url: str,
        secrets: Mapping[str, str],
        *,
        batch: int = 100,
        concurrency: int = 16,
        poll_s: float = 0.1,
        lease_s: float = 30.0,
        backoff_s: float = 0.25,
        backoff_most_s: float = 30.0,
    ) -> None:
        self._db = db
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._signers = {source: Webhook(secret) for source, secret in secrets.items()}
        self._batch = batch
        self._at_once = asyncio.Semaphore(concurrency)
        self._poll_s = poll_s
        self._lease_s = lease_s
        self._backoff_s = backoff_s
        self._backoff_most_s = backoff_most_s

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set. A batch that is under way is finished."""
        while not stop.is_set():
            try:
                handled = await self.deliver_due()
            except Unavailable:
                handled = 0  # the journal's server is away: the rows are safe, look again later
            if handled < self._batch:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._poll_s)

    async def deliver_due(self) -> int:
        """Deliver one batch of what is due; gives how many rows were tried. Two statements, one when none is due."""
        values = {"lease_s": self._lease_s, "sources": list(self._signers), "batch": self._batch}
        async with self._db.reading() as cursor:
            await cursor.execute(_CLAIM, values)
            rows = await cursor.fetchall()
        if not rows:
            return 0
        rows.sort(key=lambda row: int(row["id"]))
        told = await asyncio.gather(*(self._deliver(row) for row in rows))
        async with self._db.reading() as cursor:
            await cursor.execute(
                _SETTLE,
                {
                    "ids": [one.row_id for one in told],
                    "done": [one.done for one in told],
                    "waits": [one.wait_s for one in told],
                    "answers": [one.answer for one in told],
                },
            )
        return len(rows)

    async def _deliver(self, row: Row) -> Told:
        async with self._at_once:
            try:
                answer = await self._post(row["source"], row["event_id"], row["body"])
            except httpx.HTTPError as error:
                return self._again(row, type(error).__name__)
        if answer.is_success:
            return Told(row["id"], True, str(answer.status_code))
        return self._again(row, str(answer.status_code))

    async def _post(self, source: str, event_id: str, body: str) -> httpx.Response:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signers[source].sign(event_id, now, body),
        }
        url = f"{self._base_url}/webhooks/{source}"
        return await self._client.post(url, content=body.encode(), headers=headers)

    def _again(self, row: Row, answer: str) -> Told:
        wait_s = min(self._backoff_most_s, self._backoff_s * 2.0 ** min(int(row["attempts"]) - 1, 20))
        return Told(row["id"], False, answer, wait_s)
