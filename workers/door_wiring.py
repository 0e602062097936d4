"""Joins ports to adapters for what people write through: the HTTP door, and mending by command."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from activities.intake.taken import TakenOrders
from activities.shared.database import Database
from starter.settings import Settings
from workers.payments import WEBHOOK_SECRET, expect_payments

if TYPE_CHECKING:
    from fastapi import FastAPI

    from starter.mending import Mending


@contextlib.asynccontextmanager
async def mending(settings: Settings) -> "AsyncIterator[Mending]":
    """What a command mends orders with. Works also while Temporal is away."""
    from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
    from activities.intake.catalogue import Catalogue
    from activities.intake.tasks import IntakeTasks
    from activities.order.reads import OrderReads
    from activities.shared.reading import ReadEngine
    from starter import connect as connecting
    from starter.desk import Desk
    from starter.mending import Mending
    from starter.reading import OrderReader, utc_now
    from starter.taking import Taking

    engine = ReadEngine(settings.database_url, size=1)
    try:
        async with Database(settings.database_url, size=2, name="orderloom-command") as database:
            client = await connecting.connect(settings, lazy=True)
            taken = TakenOrders(database)
            taking = Taking(
                Desk(client, OrderReads(engine), settings), taken, settings.door_patience_s, utc_now
            )
            reader = OrderReader(Catalogue(database), RuleAddressBook(), RuleContactBook(), taken.known)
            try:
                yield Mending(reader, IntakeTasks(database, taken), taking)
            finally:
                await taking.close()
    finally:
        await engine.close()


@contextlib.asynccontextmanager
async def door(settings: Settings) -> "AsyncIterator[FastAPI]":
    """The HTTP door's application, with its pools. Opens also while the database and Temporal are away."""
    from activities.adapters.address_rules import RuleAddressBook, RuleContactBook
    from activities.order.reads import OrderReads
    from activities.shared.reading import ReadEngine
    from starter import connect as connecting
    from starter.desk import Desk
    from starter.http import DoorParts, create_app
    from starter.reading import utc_now
    from starter.taking import Taking

    expect_payments(settings, WEBHOOK_SECRET)
    engine = ReadEngine(settings.database_url)
    try:
        async with Database(settings.database_url, size=5, name="orderloom-door") as database:
            client = await connecting.connect(settings, lazy=True)
            desk = Desk(client, OrderReads(engine), settings)
            book = TakenOrders(database)
            taking = Taking(desk, book, settings.door_patience_s, utc_now)
            rules = (RuleAddressBook(), RuleContactBook())
            try:
                yield create_app(DoorParts.over(desk, taking, book.known, database, engine, *rules, settings))
            finally:
                await taking.close()
    finally:
        await engine.close()
