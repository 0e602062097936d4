"""Tables against workflows: differences that stand still are found, movement is not."""

from __future__ import annotations

import pytest

from activities.insight import agreement
from activities.insight.audit import audit
from activities.shared.database import Database
from models.order.run_state import Snapshot
from models.order.states import FulfilmentState, HoldReason, OrderState, PaymentState, RiskVerdict, Stage
from tests.audit.lives import DONE, OPEN, SHORT

pytestmark = pytest.mark.engine

_READ = """
SELECT order_number, stage, order_state, payment_state, fulfilment_state, risk_verdict AS risk, outcome, waiting_for,
    hold_reasons AS holds, captured_minor FROM sales_order WHERE closed_at IS NULL"""


class Workflows:
    """Workflows that say what the rows say, until a test lets one say something else."""

    def __init__(self, says: dict[str, Snapshot]) -> None:
        self.says = says
        self.asked: list[str] = []

    @classmethod
    async def like(cls, db: Database) -> Workflows:
        """One running workflow for each open order, none for the others."""
        async with db.reading() as cursor:
            await cursor.execute(_READ)
            return cls({row["order_number"]: Snapshot(**row) for row in await cursor.fetchall()})

    async def snapshot(self, order_number: str) -> Snapshot | None:
        """As the port says."""
        self.asked.append(order_number)
        return self.says.get(order_number)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "PAUSES_S", (0.0, 0.001, 0.002, 0.003))


async def findings(db: Database, workflows: Workflows, sample: int = 200) -> list[tuple[str, str, str]]:
    """(invariant, subject, detail) of what the audit says."""
    report = await audit(db, workflows, journals=True, sample=sample)
    assert report.checked["workflows_agree"] == min(sample, 8)
    return [(one.invariant, one.subject, one.detail) for one in report.findings]


async def test_rows_and_workflows_that_say_the_same_are_clean(books: Database) -> None:
    workflows = await Workflows.like(books)
    assert await findings(books, workflows) == []
    assert sorted(workflows.asked) == [
        "DE-DONE", "DE-EARLY", "DE-GONE", "DE-LATER", "DE-NEVER", "DE-OPEN", "DE-SHORT", "DE-TWICE",
    ]  # fmt: skip


async def test_every_axis_wait_hold_and_amount_is_compared(books: Database) -> None:
    workflows = await Workflows.like(books)
    workflows.says[OPEN] = Snapshot(
        order_number=OPEN,
        stage=Stage.CARE,
        order_state=OrderState.DELIVERED,
        payment_state=PaymentState.CAPTURED,
        fulfilment_state=FulfilmentState.DELIVERED,
        risk=RiskVerdict.HOLD,
        outcome=None,
        waiting_for="receipt",
        holds=(HoldReason.RISK,),
        captured_minor=5,
        hold_ids=("high_risk_of_fraud",),
    )
    detail = (
        "order: row 'confirmed', workflow 'delivered'; payment: row 'authorised', workflow 'captured'; "
        "goods: row 'labelled', workflow 'delivered'; risk: row 'accept', workflow 'hold'; "
        "waits for: row 'handover', workflow 'receipt'; holds: row [], workflow ['high_risk_of_fraud']; "
        "hold ids: row [], workflow ['high_risk_of_fraud']; captured: row 0, workflow 5"
    )
    assert await findings(books, workflows) == [("workflows_agree", OPEN, detail)]


async def test_an_open_order_without_a_workflow_is_found(books: Database) -> None:
    workflows = await Workflows.like(books)
    del workflows.says[SHORT]
    assert await findings(books, workflows) == [
        ("workflows_agree", SHORT, "the order is open, no workflow of it runs")
    ]


async def test_a_closed_order_whose_workflow_runs_is_found(books: Database) -> None:
    workflows = await Workflows.like(books)
    workflows.says[DONE] = workflows.says[OPEN]
    assert await findings(books, workflows) == [
        ("workflows_agree", DONE, "the order is closed, its workflow runs")
    ]


async def test_a_difference_that_passes_is_movement(books: Database) -> None:
    workflows = await Workflows.like(books)
    right = workflows.says[OPEN]
    workflows.says[OPEN] = right.model_copy(update={"waiting_for": ""})
    ask = workflows.snapshot

    async def later(order_number: str) -> Snapshot | None:
        answer = await ask(order_number)
        if order_number == OPEN:
            workflows.says[OPEN] = right
        return answer

    workflows.snapshot = later  # type: ignore[method-assign]
    assert await findings(books, workflows) == []
    assert workflows.asked.count(OPEN) == 2


async def test_an_order_whose_row_changes_around_every_question_is_movement(books: Database) -> None:
    workflows = await Workflows.like(books)
    ask = workflows.snapshot

    async def moving(order_number: str) -> Snapshot | None:
        async with books.transaction() as cursor:
            await cursor.execute(
                "UPDATE sales_order SET waiting_for = CASE waiting_for WHEN 'bench' THEN 'handover' ELSE 'bench' END"
                " WHERE order_number = 'DE-OPEN'"
            )
        answer = await ask(order_number)
        return answer and answer.model_copy(
            update={"waiting_for": "delivery"} if order_number == OPEN else {}
        )

    workflows.snapshot = moving  # type: ignore[method-assign]
    assert await findings(books, workflows) == []


async def test_an_effect_under_way_is_movement(books: Database) -> None:
    workflows = await Workflows.like(books)
    workflows.says[OPEN] = workflows.says[OPEN].model_copy(update={"payment_state": PaymentState.CAPTURED})
    async with books.transaction() as cursor:
        await cursor.execute(
            "INSERT INTO step_record (key, order_number, step, state) VALUES ('k', 'DE-OPEN', 'capture_payment', 'intended')"
        )
    assert await findings(books, workflows) == []


async def test_a_sample_holds_open_and_finished_orders_alike(books: Database) -> None:
    workflows = await Workflows.like(books)
    assert await findings(books, workflows, sample=2) == []
    assert sorted(number in workflows.says for number in workflows.asked) == [False, True]
