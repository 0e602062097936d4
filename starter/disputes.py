"""What doors say to disputes. A dispute that has ended, or that nobody knows, is told apart by our own record."""

from datetime import timedelta
from typing import Protocol

from temporalio.client import Client

from activities.settlement.disputes.reads import DisputeView
from models.order.messages import Attend, Decision
from models.settlement.disputes.messages import DisputeAnswer, SubmitDispute
from models.shared.errors import Conflict, ErrorCode, NotFound
from models.shared.ids import dispute_workflow_id
from starter.rpc import answering

TIMEOUT_S = 10.0
# What a person can say to a dispute, and in which words.
DISPUTE_VERBS: dict[str, type[Decision]] = {"submit": SubmitDispute, "accept": Decision, "attend": Attend}


class DisputeTalk(Protocol):
    """What the doors ask of Temporal; see `DisputeDoor`."""

    async def tell(self, reference: str, verb: str, message: Decision) -> DisputeAnswer: ...


class DisputeLooks(Protocol):
    """What the doors read to tell why a dispute does not answer."""

    async def dispute(self, reference: str) -> DisputeView | None: ...


class DisputeDoor:
    """Updates of disputes' workflows. Every method raises `Unavailable`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tell(self, reference: str, verb: str, message: Decision) -> DisputeAnswer:
        """Say something to a dispute; a request id makes a repeat harmless. Raises `NotFound` when no workflow of it runs, `Conflict`
        when it cannot be obeyed now."""
        handle = self._client.get_workflow_handle(dispute_workflow_id(reference))
        async with answering(TIMEOUT_S):
            answer: DisputeAnswer = await handle.execute_update(
                verb,
                message,
                id=f"{verb}:{message.request_id}" if message.request_id else None,
                result_type=DisputeAnswer,
                rpc_timeout=timedelta(seconds=TIMEOUT_S),
            )
            return answer


async def say_to_dispute(
    talk: DisputeTalk, looks: DisputeLooks, reference: str, verb: str, message: Decision
) -> DisputeAnswer:
    """Say it, or tell why nobody hears it. Raises `NotFound`, `Conflict`, `Unavailable`."""
    try:
        return await talk.tell(reference, verb, message)
    except NotFound:
        view = await looks.dispute(reference)
        if view is None:
            raise NotFound(f"there is no dispute {reference}") from None
        why = f"the dispute has ended: {view.dispute.state.value}"
        raise Conflict(ErrorCode.NOT_ALLOWED_NOW, why) from None
