"""`orderloom intake`: orders with faults, mended with the customer. Exit code 1: faults are left, or it could not be obeyed."""

import asyncio
import json as reading_json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, Mend, TaskView
from models.order.messages import Decision
from models.shared.errors import NotFound
from starter.cli.printing import AsJson, By, Why, as_json, line, table
from starter.settings import Settings
from workers.cli.addresses import database_url, found
from workers.cli.answers import FOUND

if TYPE_CHECKING:
    from activities.intake.task_reads import TaskReads
    from starter.mending import Mending

app = typer.Typer(help="Orders with faults, to be mended with the customer.", no_args_is_help=True)
Task = Annotated[str, typer.Argument(metavar="TASK", help="The task's id.")]
R = TypeVar("R")


@app.command()
def tasks(
    state: Annotated[TaskState, typer.Option(help="Only those in this state.")] = TaskState.OPEN,
    channel: Annotated[str, typer.Option(help="Only those of this channel.")] = "",
    owner: Annotated[
        str | None, typer.Option(help="Only those that this person has; empty: nobody.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    after: Annotated[str, typer.Option(help="The page mark that the last page ended with.")] = "",
    json: AsJson = False,
) -> None:
    """Orders that wait to be mended, the longest waiting first."""
    page = _reading(lambda reads: reads.tasks(state, channel, owner, limit, _marked(after)))
    if json:
        as_json(page)
        return
    table(
        ("task", "channel", "source id", "faults", "state", "owner", "since", "order"),
        [
            (
                one.id, one.channel, one.source_id, one.faults, one.state, one.owner, one.created_at, one.order_number,
            )
            for one in page.tasks
        ],
    )  # fmt: skip
    if page.next:
        line(f"more: --after {page.next}")


@app.command()
def show(task: Task, json: AsJson = False) -> None:
    """The body as it stands now, every fault that is left, and who did what."""

    async def find(reads: "TaskReads") -> TaskView:
        view = await reads.task(task)
        if view is None:
            raise NotFound(f"there is no task {task}")
        return view

    _told(_reading(find), json, whole=True)


@app.command()
def mend(
    task: Task,
    patch: Annotated[str, typer.Option(help="A JSON merge patch on the body, or @FILE; {} checks again.")],
    by: By,
    why: Why = "",
    version: Annotated[int, typer.Option(min=0, help="What you looked at; refused when it has changed.")] = 0,
    json: AsJson = False,
) -> None:
    """Change the body and check it again; when no fault is left it becomes an order. 1: faults are left."""
    said = Mend(by=by, why=why, patch=_patch_of(patch), version=version)
    mended = _saying(lambda desk: desk.mend(task, said))
    _told(mended, json)
    if mended.state is not TaskState.MENDED:
        raise typer.Exit(FOUND)


@app.command()
def claim(
    task: Task,
    by: By,
    over: Annotated[str, typer.Option(help="The colleague it is taken from.")] = "",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Take the task off the others' hands."""
    _told(_saying(lambda desk: desk.claim(task, ClaimTask(by=by, why=why, over=over))), json)


@app.command()
def drop(
    task: Task,
    by: By,
    why: Annotated[str, typer.Option("--why", help="Why no order will come of it.")],
    json: AsJson = False,
) -> None:
    """Nothing will come of it."""
    _told(_saying(lambda desk: desk.drop(task, Decision(by=by, why=why))), json)


def _told(task: TaskView, json: bool, whole: bool = False) -> None:
    if json:
        as_json(task)
        return
    if whole:
        line(reading_json.dumps(task.body_now, indent=2, ensure_ascii=False))
    ended = f" {task.order_number}" if task.order_number else f": {task.why}" if task.why else ""
    owner = f", {task.owner} has it" if task.owner else ""
    line(f"{task.id} of {task.channel} {task.source_id}, version {task.version}{owner}: {task.state}{ended}")
    if task.problems:
        table(
            ("where", "code", "what", "how to mend it"),
            [(one.pointer, one.code, one.detail, one.fix) for one in task.problems],
        )
    if whole:
        table(
            ("at", "by", "what", "why", "changed"),
            [(one.at, one.by, one.what, one.why, one.changed) for one in task.history],
        )


def _patch_of(text: str) -> dict[str, Any]:
    try:
        patch = reading_json.loads(Path(text[1:]).read_text("utf-8") if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"--patch is no JSON: {error}") from error
    if not isinstance(patch, dict):
        raise typer.BadParameter("--patch is no JSON object")
    return patch


def _marked(after: str) -> str:
    from activities.intake.task_reads import read_mark

    if after:
        try:
            read_mark(after)
        except ValueError as error:
            raise typer.BadParameter("--after is no page mark") from error
    return after


def _reading(work: "Callable[[TaskReads], Awaitable[R]]") -> R:
    from activities.intake.task_reads import TaskReads
    from activities.shared.reading import ReadEngine

    async def run() -> R:
        engine = ReadEngine(database_url(Settings()), size=1)
        try:
            return await work(TaskReads(engine))
        finally:
            await engine.close()

    return asyncio.run(run())


def _saying(work: "Callable[[Mending], Awaitable[R]]") -> R:
    from workers.door_wiring import mending

    async def run() -> R:
        async with mending(found(Settings())) as desk:
            return await work(desk)

    return asyncio.run(run())
