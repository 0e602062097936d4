"""Orders with faults: looked at, mended with the customer, taken or dropped."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from activities.intake.task_reads import PAGE_LIMIT
from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, Mend, TaskPage, TaskView
from models.order.messages import Decision
from models.shared.errors import NotFound, Problem, Refused
from models.shared.messages import Message
from starter.http.answers import JSON
from starter.http.bodies import read_message
from starter.http.examples import MEND, body_of
from starter.http.parts import DoorParts
from starter.http.preferences import APPLIED
from starter.http.problems import documented

_SAYS = {200: {"model": TaskView}, **documented(404, 409, 413, 415, 422, 503)}


class Held(Message):
    """A task that stands for a body with faults. `url` is where to look; `order_number` once it became an order."""

    task: str
    state: TaskState
    url: str
    problems: tuple[Problem, ...]
    order_number: str = ""


def held(task: TaskView) -> Response:
    """202: nothing was refused and no order was taken; a person looks at it."""
    url = f"/intake/tasks/{task.id}"
    told = Held(
        task=task.id, state=task.state, url=url, problems=task.problems, order_number=task.order_number
    )
    headers = {"Location": url, **APPLIED}
    return Response(told.model_dump_json(), status_code=202, media_type=JSON, headers=headers)


def task_routes(door: DoorParts) -> APIRouter:
    """The routes under `/intake/tasks`."""
    router = APIRouter(tags=["intake"])
    _showing(router, door)
    _saying(router, door)
    return router


def _showing(router: APIRouter, door: DoorParts) -> None:
    @router.get(
        "/intake/tasks",
        summary="Orders that wait to be mended",
        responses={200: {"model": TaskPage}, **documented(422, 503)},
    )
    async def page(
        state: TaskState | None = None,
        channel: Annotated[str, Query(max_length=40)] = "",
        owner: Annotated[
            str | None, Query(max_length=100, description="who has claimed them; empty: nobody")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
        after: Annotated[str, Query(max_length=100, description="`next` of the page before")] = "",
    ) -> Response:
        """The longest waiting first; all filters together."""
        try:
            found = await door.tasks.tasks(state, channel, owner, limit, after)
        except ValueError as error:
            raise Refused(
                [Problem(pointer="/query/after", code="bad_parameter", detail="is no page mark")]
            ) from error
        return Response(found.model_dump_json(), media_type=JSON)

    @router.get(
        "/intake/tasks/{task_id}",
        summary="One of them",
        responses={200: {"model": TaskView}, **documented(404, 503)},
    )
    async def show(task_id: str) -> Response:
        """The body as it came and as it stands now, every fault that is left, and who did what."""
        task = await door.tasks.task(task_id) if task_id.isprintable() else None
        if task is None:
            raise NotFound("there is no such task")
        return Response(task.model_dump_json(), media_type=JSON)


def _saying(router: APIRouter, door: DoorParts) -> None:
    @router.post(
        "/intake/tasks/{task_id}/mend",
        summary="Patch the body, and take the order when no fault is left",
        description="`patch` is a JSON merge patch (RFC 7396). With faults left the task stays open and tells all of them; without "
        "any it becomes an order, once. `version`: refuse when the task has changed since. An empty patch checks again.",
        responses=_SAYS,
        openapi_extra=body_of(Mend, MEND),
    )
    async def mend(request: Request, task_id: str) -> Response:
        said = await read_message(request, Mend, needs=("by",))
        return _told(await door.mending.mend(_known(task_id), said))

    @router.post(
        "/intake/tasks/{task_id}/claim",
        summary="Take it off the others' hands",
        responses=_SAYS,
        openapi_extra=body_of(ClaimTask, {"by": "ana"}),
    )
    async def claim(request: Request, task_id: str) -> Response:
        """`over` names the colleague it is taken from."""
        said = await read_message(request, ClaimTask, needs=("by",))
        return _told(await door.mending.claim(_known(task_id), said))

    @router.post(
        "/intake/tasks/{task_id}/drop",
        summary="Nothing will come of it",
        responses=_SAYS,
        openapi_extra=body_of(Decision, {"by": "ana", "why": "the customer does not want it any more"}),
    )
    async def drop(request: Request, task_id: str) -> Response:
        """Needs a reason."""
        said = await read_message(request, Decision, needs=("by", "why"))
        return _told(await door.mending.drop(_known(task_id), said))


def _told(task: TaskView) -> Response:
    return Response(task.model_dump_json(), media_type=JSON)


def _known(task_id: str) -> str:
    if not task_id.isprintable():
        raise NotFound("there is no such task")
    return task_id
