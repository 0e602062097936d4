"""Sends letters by SMTP: implements `Mailer`. TLS is used when the server offers it."""

import asyncio
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.utils import format_datetime, formatdate, localtime

import aiosmtplib

from activities.adapters.simulator.journal import run
from activities.care.ports import Letter
from activities.shared.database import Database
from activities.shared.failures import OutcomeUnknown, Unreachable

_TAKEN = "SELECT 1 AS taken FROM sim.mail WHERE message_id = %(message_id)s LIMIT 1"


class SmtpMailer:
    """Sends over one connection, which it keeps and makes anew when the server hung up.

    `sender`: the From address. `journal`: the mail sink's database, when the server is our own sink and can be asked.
    """

    def __init__(
        self, host: str, port: int, sender: str, journal: Database | None = None, timeout_s: float = 10.0
    ) -> None:
        self._client = aiosmtplib.SMTP(hostname=host, port=port, timeout=timeout_s)
        self._sender = sender
        self._journal = journal
        self._turn = asyncio.Lock()

    async def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises `Unreachable` (also when the server refuses it) or `OutcomeUnknown`."""
        utf8 = not letter.to.isascii()
        content = (
            self._compose(letter).as_bytes(policy=policy.SMTPUTF8) if utf8 else self._compose_plainly(letter)
        )
        async with self._turn:
            try:
                await self._address(letter.to, utf8)
            except (aiosmtplib.SMTPException, OSError) as error:
                await self._start_over()
                raise Unreachable(f"mail server: {error}") from error
            try:
                await self._client.data(content)
            except aiosmtplib.SMTPResponseException as error:
                await self._start_over()
                raise Unreachable(f"mail server: {error}") from error
            except (aiosmtplib.SMTPException, OSError) as error:
                self._client.close()
                raise OutcomeUnknown(f"mail server: {error}") from error
            except BaseException:
                self._client.close()  # cancelled in the middle of a letter: this connection is spoiled
                raise

    async def was_taken(self, message_id: str) -> bool | None:
        """Whether the sink has the letter; None when the server is not our sink."""
        if self._journal is None:
            return None
        return bool(await run(self._journal, _TAKEN, {"message_id": message_id.strip("<>")}))

    async def close(self) -> None:
        """Say goodbye to the server. Harmless when not connected."""
        async with self._turn:
            if self._client.is_connected:
                try:
                    await self._client.quit()
                except (aiosmtplib.SMTPException, OSError):
                    self._client.close()

    async def _address(self, to: str, utf8: bool) -> None:
        """Connect when needed, name sender and recipient. A kept connection may have died unseen: once anew."""
        if self._client.is_connected:
            try:
                await self._name(to, utf8)
                return
            except (aiosmtplib.SMTPServerDisconnected, ConnectionError):
                self._client.close()
        await self._client.connect()
        await self._name(to, utf8)

    async def _name(self, to: str, utf8: bool) -> None:
        try:
            if utf8:
                await self._client.mail(self._sender, options=["SMTPUTF8"], encoding="utf-8")
                await self._client.rcpt(to, encoding="utf-8")
            else:
                await self._client.mail(self._sender)
                await self._client.rcpt(to)
        except (aiosmtplib.SMTPException, OSError):
            raise
        except BaseException:
            self._client.close()
            raise

    async def _start_over(self) -> None:
        """After a refusal, make the connection good for the next letter, or drop it."""
        if not self._client.is_connected:
            return
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()

    def _compose_plainly(self, letter: Letter) -> bytes:
        """The same letter to an ASCII address by the older message class: a fifth of the CPU."""
        message = MIMEText(letter.text, "plain", "us-ascii" if letter.text.isascii() else "utf-8")
        message["Message-ID"] = f"<{letter.message_id.strip('<>')}>"
        message["Date"] = formatdate(localtime=True)
        message["From"] = self._sender
        message["To"] = letter.to
        subject = " ".join(letter.subject.split())
        message["Subject"] = subject if subject.isascii() else Header(subject, "utf-8").encode()
        return message.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))

    def _compose(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=policy.SMTPUTF8)
        message["Message-ID"] = f"<{letter.message_id.strip('<>')}>"
        message["Date"] = format_datetime(localtime())
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = " ".join(letter.subject.split())
        message.set_content(letter.text)
        return message
