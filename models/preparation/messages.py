"""What preparation's steps take and give, and what a bench says."""

from enum import StrEnum

from models.order.messages import Decision, Progress, Want
from models.shared.messages import Message


class BenchStep(StrEnum):
    """The work at the bench, in its order."""

    PICK = "pick"
    CHECK = "check"
    PACK = "pack"
    LABEL = "label"


class ParcelPlan(Message):
    """One parcel to prepare. Weight in grams, value in minor units of the order's currency."""

    parcel_id: str
    warehouse: str
    wants: tuple[Want, ...]
    weight_g: int
    value_minor: int


class OpenParcels(Message):
    """Write parcels and their bench tasks down."""

    key: str
    order_number: str
    parcels: tuple[ParcelPlan, ...]
    progress: Progress


class BenchWork(Decision):
    """What a hand did with a parcel: one step, or several scanned in a row.

    `missing_sku` with `pick` or `check`: that SKU is not on the shelf or not fit to send, `missing` pieces of it.
    """

    parcel_id: str = ""
    steps: tuple[BenchStep, ...] = ()
    missing_sku: str = ""
    missing: int = 0


class BenchAnswer(Message):
    """What the bench is told back; after `label` with the label to print."""

    done: bool
    said: str
    next_step: BenchStep | None = None
    tracking_number: str = ""
    label: str = ""


class RecordBench(Message):
    """Write the bench's work down; `undone`: take back its last step, the label, which no carrier gave."""

    key: str
    order_number: str
    parcel_id: str
    by: str
    steps: tuple[BenchStep, ...]
    progress: Progress
    missing_sku: str = ""
    missing: int = 0
    undone: bool = False


class BenchRecorded(Message):
    """The parcel's finished steps."""

    steps: tuple[BenchStep, ...]
