"""Policies are versioned data: an order keeps the version it started on, and decisions store it."""

from pydantic import Field

from models.settlement.disputes.policy import DisputePolicy
from models.shared.messages import Message
from models.shared.money import minor_per_major

DAY = 86_400


class BusinessHours(Message):
    """When people work. `opens` and `closes` are local times of `time_zone`; weekdays count from 0 (Monday).

    `holidays_of`: the country (ISO 3166) whose public holidays are days off; empty: no holidays.
    """

    time_zone: str = "Europe/Berlin"
    opens: str = "09:00"
    closes: str = "17:00"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays_of: str = "DE"


class ReviewSla(Message):
    """How many working hours a review may last: then reviewers are reminded, operations are called, and the order is refused.

    `expire_h` None: it is never refused for want of a decision.
    """

    remind_h: float = Field(4, gt=0)
    escalate_h: float = Field(8, gt=0)
    expire_h: float | None = Field(80, gt=0)
    hours: BusinessHours = Field(default_factory=BusinessHours)


class ReviewPolicy(Message):
    """Thresholds of the risk rules. Amounts are major units of the order's currency, by default of any currency.

    `credit_…_bp`: probabilities of default by the credit score, in basis points: below which an ordinary customer passes
    lightly, from which a person looks, from which the order is refused; None: never.
    `four_eyes_times_large`: from how many times a large order's amount on two persons must approve; 0: never.
    `velocity_per_hour`: how many other orders
    of a customer within an hour are too many; `new_country_share_bp`: from which share of a large order on one to a country that
    none of the customer's earlier ones went to is looked at; 0: never, for both. `claim_minutes`: how long a claimed order is kept from other reviewers. `poor_deposit_bp`: which share of the total a poor
    customer pays before anything goes out, instead of waiting for a reviewer; 0: wait. `sla` None: `deadlines.review_s` counts instead.
    """

    large_major: int = 1_000
    large_major_by_currency: dict[str, int] = Field(
        default_factory=lambda: {"JPY": 150_000, "BRL": 5_000, "KWD": 300, "INR": 80_000, "MXN": 18_000}
    )
    strict_large_major_share_bp: int = 3_000
    price_tolerance_bp: int = 5_000
    trusted_after_completed: int = 3
    poor_after_failed: int = 2
    reject_after_failed: int = 6
    many_pieces: int = 50
    velocity_per_hour: int = Field(10, ge=0)
    new_country_share_bp: int = Field(5_000, ge=0)
    credit_trust_below_bp: int | None = Field(1_000, ge=0, le=10_000)
    credit_hold_at_bp: int | None = Field(2_500, ge=0, le=10_000)
    credit_reject_at_bp: int | None = Field(None, ge=0, le=10_000)
    four_eyes_times_large: int = 10
    claim_minutes: int = 30
    poor_deposit_bp: int = Field(0, ge=0, le=10_000)
    sla: ReviewSla | None = Field(default_factory=ReviewSla)

    def large_minor(self, currency: str) -> int:
        """From how many minor units on an order of a trusted or ordinary customer is large."""
        major = self.large_major_by_currency.get(currency, self.large_major)
        return major * minor_per_major(currency)

    def approvals_needed(self, total_minor: int, currency: str) -> int:
        """How many persons must approve an order that a rule stopped."""
        limit = self.four_eyes_times_large * self.large_minor(currency)
        return 2 if limit and total_minor >= limit else 1


class DeadlinePolicy(Message):
    """How long each wait may last before it is overdue, in seconds.

    `payment_s`, `other_payment_s`, `deposit_s`, `receipt_s`, `return_window_s` and `parcel_decision_s` end their wait by
    themselves; the others remind and escalate, and go on waiting. None waits without end.
    """

    review_s: int = DAY
    release_s: int = 3 * DAY
    payment_s: int | None = 7 * DAY
    other_payment_s: int | None = 3 * DAY
    deposit_s: int | None = 3 * DAY
    stock_s: int = 14 * DAY
    bench_s: int = DAY
    carrier_s: int = DAY // 4
    handover_s: int = 2 * DAY
    delivery_s: int = 30 * DAY
    receipt_s: int = 7 * DAY
    return_window_s: int = 30 * DAY
    parcel_decision_s: int = 2 * DAY
    needs_attention_s: int = DAY // 24


class CarrierService(Message):
    """One service of a rate sheet: price in minor units of the sheet's currency for a zone, weight in grams.

    price = base + per started kilogram; zones: `domestic`, `region` (same continent), `world`.
    """

    carrier: str
    service: str
    base_minor: dict[str, int]
    per_kg_minor: dict[str, int]
    days: dict[str, int]
    max_weight_g: int = 30_000
    secure: bool = False
    express: bool = False


def _default_services() -> tuple[CarrierService, ...]:
    def service(
        carrier: str,
        name: str,
        base: tuple[int, int, int],
        kg: tuple[int, int, int],
        days: tuple[int, int, int],
        **flags: bool,
    ) -> CarrierService:
        zones = ("domestic", "region", "world")
        return CarrierService(
            carrier=carrier,
            service=name,
            base_minor=dict(zip(zones, base, strict=True)),
            per_kg_minor=dict(zip(zones, kg, strict=True)),
            days=dict(zip(zones, days, strict=True)),
            **flags,
        )

    return (
        service("northpost", "ground", (390, 990, 1_890), (60, 190, 590), (4, 7, 14)),
        service("northpost", "registered", (690, 1_390, 2_390), (80, 220, 650), (4, 7, 14), secure=True),
        service(
            "swiftline",
            "express",
            (990, 2_490, 4_900),
            (150, 450, 1_200),
            (1, 2, 4),
            express=True,
            secure=True,
        ),
        CarrierService(
            carrier="haulmark",
            service="freight",
            base_minor={"domestic": 2_900, "region": 6_900, "world": 19_000},
            per_kg_minor={"domestic": 30, "region": 90, "world": 290},
            days={"domestic": 5, "region": 9, "world": 24},
            max_weight_g=1_000_000,
            secure=True,
        ),
    )


class DeliveryPolicy(Message):
    """Carrier choice: the cheapest service that the rules allow. Rate sheets are in `currency`.

    `secure_from_bp`: from which share of a large order's amount on goods count as valuables.
    """

    services: tuple[CarrierService, ...] = Field(default_factory=_default_services)
    currency: str = "EUR"
    secure_from_bp: int = 5_000
    default_piece_weight_g: int = 500


class PaymentPolicy(Message):
    """How long a provider holds money, and when it is reserved anew: seconds. `authorisation_valid_s` None: for ever.

    The guardian reserves anew `renew_before_s` before the end. While a payment is missing the customer is reminded after
    `remind_after_h` hours, and what was declined for one of `retried_reasons` is tried again after `retry_after_h` hours.
    """

    authorisation_valid_s: int | None = Field(7 * DAY, gt=0)
    renew_before_s: int = Field(DAY, ge=0)
    remind_after_h: tuple[float, ...] = (36,)
    retry_after_h: tuple[float, ...] = (24, 48)
    retried_reasons: tuple[str, ...] = (
        "insufficient_funds",
        "do_not_honor",
        "do_not_honour",
        "issuer_not_available",
        "processing_error",
        "try_again_later",
    )

    @property
    def renewed_after_s(self) -> int | None:
        """After how many seconds money is reserved anew; None: never."""
        if self.authorisation_valid_s is None:
            return None
        return max(self.authorisation_valid_s - self.renew_before_s, 0)


class SettlementPolicy(Message):
    """What the platform keeps: basis points of the goods' price; freight goes to the merchant whole.

    `refund_order`: to what a refund goes first, of `card`, `deposit` and `stored`. `disputes`: chargebacks.
    """

    commission_bp: int = 1_200
    refund_order: tuple[str, ...] = ("card", "deposit", "stored")
    disputes: DisputePolicy = Field(default_factory=DisputePolicy)


class AllocationPolicy(Message):
    """Promise dates: days for handling, what purchasing needs when stock is short, and what a storefront hears before
    the order is sourced (`expected_days`)."""

    handling_days: int = 1
    restock_days: int = 10
    expected_days: int = 8


class Policy(Message):
    """All thresholds and limits, one version."""

    version: int = 1
    name: str = "default"
    review: ReviewPolicy = Field(default_factory=ReviewPolicy)
    deadlines: DeadlinePolicy = Field(default_factory=DeadlinePolicy)
    delivery: DeliveryPolicy = Field(default_factory=DeliveryPolicy)
    payments: PaymentPolicy = Field(default_factory=PaymentPolicy)
    settlement: SettlementPolicy = Field(default_factory=SettlementPolicy)
    allocation: AllocationPolicy = Field(default_factory=AllocationPolicy)
