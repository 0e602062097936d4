"""Starts a dispute's workflow with the first news of it, and tells the later ones: the same call does both."""

from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.settlement.disputes.news import DisputeTold, expect_ended
from activities.shared.database import Database
from models.order.states import Stage
from models.settlement.disputes.messages import DisputeNews, StartDispute
from models.shared.ids import dispute_workflow_id
from models.shared.money import show
from workflows.shared.details import AMOUNT_MINOR, CURRENCY, STAGE

log = structlog.get_logger()


def signal_of(told: DisputeTold) -> dict[str, Any]:
    """The news as the inbox keeps it until it is told."""
    return {"dispute": told.start.model_dump(mode="json"), "arg": told.news.model_dump(mode="json")}


async def tell_dispute(client: Client, task_queue: str, database: Database, signal: dict[str, Any]) -> None:
    """Tell it, in any order and as often as it comes. A dispute that has ended hears nothing more; raises `ContradictionError` when
    it should have."""
    start = StartDispute.model_validate(signal["dispute"])
    dispute = start.dispute
    amount = show(dispute.amount_minor, dispute.currency)
    try:
        await client.start_workflow(
            "DisputeWorkflow",
            start,
            id=dispute_workflow_id(dispute.reference),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            start_signal="dispute_news",
            start_signal_args=[signal["arg"]],
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(STAGE, Stage.SETTLEMENT.value),
                    SearchAttributePair(AMOUNT_MINOR, dispute.amount_minor),
                    SearchAttributePair(CURRENCY, dispute.currency),
                ]
            ),
            static_summary=f"dispute {dispute.reference} · {dispute.order_number} · {amount}",
        )
    except WorkflowAlreadyStartedError:
        log.info("news of a dispute that has ended", dispute=dispute.reference)
        async with database.reading() as cursor:
            await expect_ended(cursor, dispute.reference, DisputeNews.model_validate(signal["arg"]).status)
