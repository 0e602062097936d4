"""Sends the outbox's notices by mail, each once."""

import asyncio

from activities.care.ports import Letter, Mailer
from activities.care.store import DueNotice, NoticeOutboxStore
from activities.shared.failures import GatewayError
from models.care.letters import compose, message_id
from models.order.records import Audience, NoticeKind
from workers.relays.loop import work_until

_BATCH = 50
_IDLE_S = 0.25


class OutboxRelay:
    """Reads due notices and hands them to the mail server."""

    def __init__(self, store: NoticeOutboxStore, mailer: Mailer, colleagues: dict[Audience, str]) -> None:
        self._store = store
        self._mailer = mailer
        self._colleagues = colleagues

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set."""
        waits = "outbox waits for the database"
        await work_until(stop, self.send_due, batch=_BATCH, idle_s=_IDLE_S, waits=waits)

    async def send_due(self) -> int:
        """Send one batch; returns how many were due."""
        due = await self._store.claim(_BATCH)
        sent: list[int] = []
        try:
            for notice in due:
                if await self._send(notice):
                    sent.append(notice.id)
        finally:
            if sent:
                await self._store.sent(sent)
        return len(due)

    async def _send(self, notice: DueNotice) -> bool:
        letter = self._letter(notice)
        try:
            # An earlier attempt may have got through: ask before sending again.
            if notice.attempts > 1 and await self._mailer.was_taken(letter.message_id):
                return True
            await self._mailer.send(letter)
        except GatewayError as error:
            await self._store.failed(notice.id, str(error))
            return False
        return True

    def _letter(self, notice: DueNotice) -> Letter:
        subject, text = compose(
            NoticeKind(notice.kind), notice.locale, notice.order_number, notice.name, notice.data
        )
        to = self._colleagues.get(Audience(notice.audience), notice.email)
        return Letter(message_id(notice.order_number, notice.kind, notice.about), to, subject, text)
