"""Doubles for what the door does with bodies that are no order yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.intake.drafts import DraftView
from models.intake.states import TaskState
from models.intake.tasks import ClaimTask, Mend, NewTask, TaskPage, TaskView, reach_of
from models.order.messages import Acceptance, Decision
from models.shared.errors import Conflict, NotFound, Refused, Unavailable
from tests.rules.order_bodies import CONTACTS, NOW

Journal = list[tuple[str, Any]]


@dataclass
class Tasks:
    """Keeps one task for each body, as the real ones do; nobody mends here."""

    journal: Journal
    held: dict[str, TaskView] = field(default_factory=dict)

    async def hold(self, raw: Any, faults: Refused) -> TaskView | None:
        new = NewTask(body=raw, problems=tuple(faults.problems), reach=reach_of(raw, CONTACTS.check))
        if any(one.source_id == new.source[1] for one in self.held.values()) and new.id not in self.held:
            raise Conflict("key_reused", "another body stands for this source id")
        if new.id not in self.held:
            self.journal.append(("task", new.source))
        channel, source_id = new.source
        view = TaskView(
            id=new.id, channel=channel, source_id=source_id, state=TaskState.OPEN, faults=len(new.problems),
            version=1, created_at=NOW, updated_at=NOW, body=raw, body_now=raw, problems=new.problems,
        )  # fmt: skip
        return self.held.setdefault(new.id, view)

    async def mend(self, task_id: str, said: Mend) -> TaskView:
        raise NotFound(f"there is no task {task_id}")

    async def claim(self, task_id: str, said: ClaimTask) -> TaskView:
        raise NotFound(f"there is no task {task_id}")

    async def drop(self, task_id: str, said: Decision) -> TaskView:
        raise NotFound(f"there is no task {task_id}")

    async def task(self, task_id: str) -> TaskView | None:
        return self.held.get(task_id)

    async def tasks(
        self,
        state: TaskState | None = None,
        channel: str = "",
        owner: str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> TaskPage:
        return TaskPage(tasks=tuple(self.held.values()))


@dataclass
class Delivered:
    """Answers to deliveries."""

    answers: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    async def answered(self, channel: str, delivery_id: str, digest: str) -> dict[str, Any] | None:
        return self.answers.get((channel, delivery_id, digest))

    async def note(self, channel: str, delivery_id: str, digest: str, answer: dict[str, Any]) -> None:
        self.answers[channel, delivery_id, digest] = answer


class NoDrafts:
    """There is none."""

    async def write(self, body: Any, key: str = "") -> DraftView:
        raise Unavailable("no drafts here")

    async def show(self, draft_id: str) -> DraftView:
        raise NotFound(f"there is no draft {draft_id}")

    async def change(self, draft_id: str, patch: Any, version: int = 0) -> DraftView:
        raise NotFound(f"there is no draft {draft_id}")

    async def confirm(self, draft_id: str, version: int = 0) -> Acceptance:
        raise NotFound(f"there is no draft {draft_id}")

    async def delete(self, draft_id: str, version: int = 0) -> None:
        raise NotFound(f"there is no draft {draft_id}")
