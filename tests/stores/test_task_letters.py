"""The letters of a task leave by the outbox: to customer service, and to the customer where the body says."""

from __future__ import annotations

import pytest

from activities.care.ports import Letter
from activities.care.store import NoticeOutboxStore
from activities.shared.database import Database
from models.order.records import Audience
from tests.rules.order_bodies import good_body, read
from tests.stores.mending_desk import RIGHT, faulty, house_over
from workers.relays.outbox import OutboxRelay

pytestmark = pytest.mark.engine
CARE = "care@shop.example"


class Post:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter)

    async def was_taken(self, message_id: str) -> bool | None:
        return any(letter.message_id == message_id for letter in self.letters)


# The letters are not in the simulated mail server's journal.
@pytest.mark.plants_faults
async def test_letters_of_tasks_and_of_orders_leave_once_each(database: Database) -> None:
    house, post = house_over(database), Post()
    relay = OutboxRelay(NoticeOutboxStore(database), post, {Audience.CARE: CARE})
    task = await house.hold(faulty())
    assert (await relay.send_due(), await relay.send_due()) == (2, 0)
    told, asked = sorted(post.letters, key=lambda letter: letter.to != CARE)
    assert (told.to, told.message_id) == (CARE, f"<{task.id}.intake_task.@orderloom.invalid>")
    assert task.id in told.subject
    assert "/total_minor: the lines add up to 6190, the order says 1" in told.text
    assert (asked.to, asked.subject) == ("ada@customer.example", "A question about your order")
    assert asked.text.startswith("Hello Ada Weber,\n\nthank you for your order S-1001.")
    assert "- the postcode: is empty" in asked.text
    assert "total" not in asked.text
    await house.mend(task, RIGHT)
    assert (await relay.send_due(), post.letters[2].to) == (1, "ada@customer.example")
    number = read(good_body()).order_number
    assert (post.letters[2].subject, len(post.letters)) == (f"We received your order {number}", 3)


async def test_a_notice_of_nobody_is_left_alone(database: Database) -> None:
    async with database.transaction() as cursor:
        await cursor.execute(
            "INSERT INTO notice (order_number, kind, about, audience, data, state, attempts, error)"
            " VALUES ('DE-NONE', 'received', '', 'customer', '{}', 'queued', 0, '')"
        )
    assert await NoticeOutboxStore(database).claim(10) == []
