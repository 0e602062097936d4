"""The mail server: SMTP on loopback, journal in `sim.mail`. It runs in the caller's event loop, without a thread."""

import asyncio
import email
import email.policy
import logging
from typing import Any

from aiosmtpd.smtp import SMTP

from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.simulator.journal import run
from activities.shared.database import Database
from activities.shared.failures import GatewayError

_KEEP = """
INSERT INTO sim.mail (message_id, rcpt, subject, body)
SELECT %(message_id)s, rcpt, %(subject)s, %(body)s FROM unnest(%(rcpts)s::text[]) AS rcpt
ON CONFLICT (message_id, rcpt) DO UPDATE SET deliveries = sim.mail.deliveries + 1
RETURNING deliveries"""

_TAKEN = "250 2.0.0 taken"
_LATER = "451 4.3.0 not now"
_DEFECT = "554 5.6.0 a letter needs a Message-ID"

# aiosmtpd logs each command it hears, with the addresses in it.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class MailSink:
    """A mail server that delivers into its journal.

    `port` 0: a free one, told by `port` after `start`. A letter is answered only once it is committed; the same letter
    again counts `deliveries` up.
    """

    def __init__(
        self, db: Database, faults: FaultPlan | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.host = host
        self.port = port
        self._db = db
        self._faults = faults or FaultPlan.none()
        self._server: asyncio.Server | None = None
        self._sessions: set[Any] = set()

    async def start(self) -> int:
        """Listen; gives the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._session(loop), self.host, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Stop listening and hang up on whoever is still connected. Harmless when it does not run."""
        if self._server is None:
            return
        self._server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.abort()
        self._sessions.clear()
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> "MailSink":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:
        """Journal one letter, then answer. Called by the SMTP session."""
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message_id = str(letter["Message-ID"] or "").strip().strip("<>")
        if not message_id:
            return _DEFECT
        fault = self._faults.draw("mail", message_id)
        if fault is Fault.REFUSE:
            return _LATER
        if fault is Fault.TIMEOUT_BEFORE:
            return _hang_up(server)
        if fault is Fault.SLOW:
            await asyncio.sleep(self._faults.slow_s)
        text = letter.get_body(("plain",))
        values = {
            "message_id": message_id,
            "subject": str(letter["Subject"] or ""),
            "body": text.get_content().replace("\r\n", "\n") if text else "",
            "rcpts": envelope.rcpt_tos,
        }
        try:
            await run(self._db, _KEEP, values)
        except GatewayError:
            return _LATER
        return _hang_up(server) if fault is Fault.TIMEOUT_AFTER else _TAKEN

    def _session(self, loop: asyncio.AbstractEventLoop) -> Any:
        self._sessions = {session for session in self._sessions if session.transport is not None}
        session = SMTP(self, loop=loop, enable_SMTPUTF8=True, hostname="mail-sink")
        self._sessions.add(session)
        return session


def _hang_up(server: Any) -> str:
    """Leave the sender without an answer; what is returned is written to a closed connection."""
    if server.transport is not None:
        server.transport.abort()
    return _LATER
