"""Letters through a real SMTP conversation into the sink's journal."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiosmtplib
import pytest

from activities.adapters.mail_sink import MailSink
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.smtp_mail import SmtpMailer
from activities.care.ports import Letter
from activities.shared.database import Database
from activities.shared.failures import OutcomeUnknown, Unreachable
from tests.adapters.journals import rows

pytestmark = pytest.mark.engine
SENDER = "orders@shop.example"
KEPT = "SELECT message_id, rcpt, subject, body, deliveries FROM sim.mail ORDER BY first_at, message_id"
COUNTS = "SELECT message_id, deliveries FROM sim.mail ORDER BY message_id"


def letter(message_id: str = "BR-10023.received@orderloom", to: str = "ana@mail.example") -> Letter:
    return Letter(
        message_id, to, "Olá, São Paulo: order BR-10023", "Thank you.\nTotal BRL 231.40 – até já.\n"
    )


@pytest.fixture
async def sink(outside: Database) -> AsyncIterator[MailSink]:
    async with MailSink(outside) as sink:
        yield sink


@pytest.fixture
async def mailer(outside: Database, sink: MailSink) -> AsyncIterator[SmtpMailer]:
    mailer = SmtpMailer(sink.host, sink.port, SENDER, outside)
    yield mailer
    await mailer.close()


async def test_a_letter_is_kept_as_it_was_written(outside: Database, mailer: SmtpMailer) -> None:
    assert await mailer.was_taken("BR-10023.received@orderloom") is False
    await mailer.send(letter())
    assert await mailer.was_taken("BR-10023.received@orderloom") is True
    assert await rows(outside, KEPT) == [
        (
            "BR-10023.received@orderloom",
            "ana@mail.example",
            "Olá, São Paulo: order BR-10023",
            "Thank you.\nTotal BRL 231.40 – até já.\n",
            1,
        )
    ]


async def test_the_same_letter_again_is_one_letter_delivered_twice(
    outside: Database, mailer: SmtpMailer
) -> None:
    for message_id in ("a@orderloom", "b@orderloom", "a@orderloom"):
        await mailer.send(letter(message_id))
    assert await rows(outside, COUNTS) == [("a@orderloom", 2), ("b@orderloom", 1)]


async def test_letters_share_one_connection(mailer: SmtpMailer, sink: MailSink) -> None:
    for n in range(3):
        await mailer.send(letter(f"{n}@orderloom"))
    assert len(sink._sessions) == 1


async def test_an_address_beyond_ascii_is_reached(outside: Database, mailer: SmtpMailer) -> None:
    await mailer.send(letter(to="joão@correio.example"))
    assert await rows(outside, "SELECT rcpt FROM sim.mail") == [("joão@correio.example",)]


async def test_a_subject_cannot_smuggle_a_header_in(outside: Database, mailer: SmtpMailer) -> None:
    await mailer.send(Letter("a@orderloom", "ana@mail.example", "Hello\r\nBcc: eve@mail.example", "Hi."))
    assert await rows(outside, "SELECT rcpt, subject FROM sim.mail") == [
        ("ana@mail.example", "Hello Bcc: eve@mail.example")
    ]


async def test_a_server_that_restarted_gets_the_next_letter(outside: Database) -> None:
    first = MailSink(outside)
    port = await first.start()
    mailer = SmtpMailer("127.0.0.1", port, SENDER)
    await mailer.send(letter("a@orderloom"))
    await first.stop()
    with pytest.raises(Unreachable):
        await mailer.send(letter("b@orderloom"))
    async with MailSink(outside, port=port):
        await mailer.send(letter("b@orderloom"))
        await mailer.close()
    assert await rows(outside, COUNTS) == [("a@orderloom", 1), ("b@orderloom", 1)]
    assert await mailer.was_taken("a@orderloom") is None


async def test_a_server_that_refuses_took_nothing_and_keeps_the_connection(outside: Database) -> None:
    async with MailSink(outside, FaultPlan.scripted({("mail", 1): Fault.REFUSE})) as sink:
        mailer = SmtpMailer(sink.host, sink.port, SENDER)
        with pytest.raises(Unreachable, match="451"):
            await mailer.send(letter())
        assert await rows(outside, KEPT) == []
        await mailer.send(letter())
        assert len(sink._sessions) == 1
        await mailer.close()
    assert await rows(outside, COUNTS) == [("BR-10023.received@orderloom", 1)]


@pytest.mark.parametrize(("fault", "taken"), [(Fault.TIMEOUT_BEFORE, False), (Fault.TIMEOUT_AFTER, True)])
async def test_a_server_that_hangs_up_leaves_a_doubt_which_the_journal_settles(
    outside: Database, fault: Fault, taken: bool
) -> None:
    async with MailSink(outside, FaultPlan.scripted({("mail", 1): fault})) as sink:
        mailer = SmtpMailer(sink.host, sink.port, SENDER, outside)
        with pytest.raises(OutcomeUnknown):
            await mailer.send(letter())
        assert await mailer.was_taken("BR-10023.received@orderloom") is taken
        await mailer.send(letter())
        await mailer.close()
    assert await rows(outside, COUNTS) == [("BR-10023.received@orderloom", 1 + taken)]


async def test_a_letter_without_an_id_is_refused(outside: Database, sink: MailSink) -> None:
    with pytest.raises(aiosmtplib.SMTPDataError, match="Message-ID"):
        await aiosmtplib.send(
            b"Subject: hello\r\n\r\nhi\r\n",
            sender=SENDER,
            recipients=["ana@mail.example"],
            hostname=sink.host,
            port=sink.port,
        )
    assert await rows(outside, KEPT) == []
