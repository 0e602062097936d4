"""Three carriers behind one door: implements `CarrierGateway`.

northpost   up to 30 kg       swiftline   up to 30 kg       haulmark   up to 1,000 kg
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from activities.adapters.carrier_simulator import statements
from activities.adapters.carrier_simulator.courier import CourierPlan, Scan
from activities.adapters.carrier_simulator.numbers import carrier_of, label_text, tracking_number
from activities.adapters.simulator.faults import Fault, FaultPlan
from activities.adapters.simulator.journal import expect_same, fingerprint, made_id, run
from activities.delivery.ports import Consignment, Label
from activities.shared.database import Database
from models.delivery.states import HANDED_OVER
from models.delivery.vocabulary import translate

SOURCE = "carrier"
MOST_G = {"northpost": 30_000, "swiftline": 30_000, "haulmark": 1_000_000}
UNKNOWN_CODE = "??"
_SALTS = 8


class CarrierSimulator:
    """Carriers over schema `sim` of `db`.

    `auto` None: nothing happens to a parcel until `emit`; else every booking plans its whole journey.
    """

    def __init__(self, db: Database, faults: FaultPlan, auto: CourierPlan | None = None) -> None:
        self._db = db
        self._faults = faults
        self._auto = auto

    async def book(self, key: str, carrier: str, consignment: Consignment, price_minor: int) -> Label:
        """Buy one label: one statement, two when the key is known. What is refused is not journalled."""
        asked = fingerprint(
            "book",
            carrier=carrier,
            price_minor=price_minor,
            consignment={
                **vars(consignment),
                "ship_to": consignment.ship_to.model_dump(),
            },
        )
        async with self._faults.call("book", key) as fault:
            refusal = _refusal(carrier, consignment, fault)
            if refusal:
                return Label("", "", 0, refusal)
            if fault is Fault.WRONG_AMOUNT:
                price_minor += max(1, price_minor // 10)
            for salt in range(_SALTS):
                number = tracking_number(carrier, key, salt)
                label = Label(number, label_text(carrier, consignment, number), price_minor)
                values = self._booking(key, asked, carrier, consignment, label, fault)
                if await run(self._db, statements.BOOK, values):
                    return label
                # Either the key is known or, once in many millions, another parcel has this number.
                if known := await self._label(key, asked):
                    return known
        raise RuntimeError(f"{carrier} ran out of tracking numbers")

    async def find(self, key: str) -> Label | None:
        """The label that a key bought, also when it was voided since; one statement."""
        async with self._faults.call("find_label", key):
            return await self._label(key, None)

    async def void(self, key: str, carrier: str, tracking_number: str) -> bool:
        """Cancel a label and what was planned for it: one statement, two when the key is known.

        False when the parcel was collected, and for a label that nobody knows.
        """
        asked = fingerprint("void", carrier=carrier, tracking_number=tracking_number)
        async with self._faults.call("void_label", key):
            values = {
                "key": key,
                "fingerprint": asked,
                "carrier": carrier,
                "tracking_number": tracking_number,
            }
            rows = await run(self._db, statements.VOID, values)
            if not rows:
                rows = await run(self._db, statements.VOID_ANSWER, {"key": key})
                expect_same(rows[0], asked, key)
            return bool(rows[0]["done"])

    async def emit(
        self,
        tracking_number: str,
        code: str,
        at: datetime,
        signed: bool = False,
        place: str = "",
        delay_s: float = 0.0,
    ) -> str:
        """Let something happen to a parcel and tell it `delay_s` later; gives the event's id.

        The same event (number, code, time, place) is one event. Raises LookupError when there is no live label.
        """
        carrier = carrier_of(tracking_number)
        scan = Scan(made_id("evt", tracking_number, code, at, place), code, at, (delay_s,), place, signed)
        async with self._faults.call("emit", scan.event_id) as fault:
            scans = [scan]
            if fault is Fault.UNKNOWN_STATUS:
                odd = made_id("evt", tracking_number, UNKNOWN_CODE, at, place)
                scans.append(Scan(odd, UNKNOWN_CODE, at, (delay_s,), place))
            moves = translate(carrier, code)[0] in HANDED_OVER
            values = {"tracking_number": tracking_number, "moves": moves, "at": at}
            told = self._told(carrier, tracking_number, scans, fault)
            if not await run(self._db, statements.EMIT, values | told):
                raise LookupError(f"no live label has tracking number {tracking_number}")
        return scan.event_id

    def _booking(
        self,
        key: str,
        asked: str,
        carrier: str,
        consignment: Consignment,
        label: Label,
        fault: Fault | None,
    ) -> dict[str, object]:
        number = label.tracking_number
        scans = self._auto.journey(carrier, number, datetime.now(UTC)) if self._auto else []
        return {
            "key": key,
            "fingerprint": asked,
            "carrier": carrier,
            "service": consignment.service,
            "parcel_id": consignment.parcel_id,
            "tracking_number": number,
            "label": label.label,
            "weight_g": consignment.weight_g,
            "price_minor": label.price_minor,
            "currency": consignment.currency,
            "picked_up_at": scans[0].occurred_at if scans else None,
        } | self._told(carrier, number, scans, fault)

    def _told(
        self, carrier: str, number: str, scans: Sequence[Scan], fault: Fault | None
    ) -> dict[str, object]:
        """The part of a statement's values that makes its events and their webhooks."""
        events, hooks = [], []
        for scan in scans:
            event = {
                "event_id": scan.event_id,
                "code": scan.code,
                "occurred_at": scan.occurred_at.isoformat(),
                "place": scan.place,
                "signed": scan.signed,
            }
            events.append(event)
            payload = {**event, "carrier": carrier, "tracking_number": number}
            for planned_s in scan.delays:
                for delay_s in self._faults.delays(fault, planned_s):
                    hooks.append({"event_id": scan.event_id, "payload": payload, "delay_s": delay_s})
        return {"events": json.dumps(events), "hooks": json.dumps(hooks)}

    async def _label(self, key: str, asked: str | None) -> Label | None:
        rows = await run(self._db, statements.LABEL, {"key": key})
        if not rows:
            return None
        if asked is not None:
            expect_same(rows[0], asked, key)
        return Label(rows[0]["tracking_number"], rows[0]["label"], rows[0]["price_minor"])


def _refusal(carrier: str, consignment: Consignment, fault: Fault | None) -> str:
    """Why a carrier does not take a parcel; empty when it does."""
    if carrier not in MOST_G:
        return "unknown_carrier"
    if not 0 < consignment.weight_g <= MOST_G[carrier]:
        return "weight_not_carried"
    return "service_suspended" if fault is Fault.REFUSE else ""
