"""Drafts of orders: written, looked at, confirmed."""

import base64
import hashlib
import secrets
from typing import Any

import structlog

from activities.intake.drafts import DraftBook
from models.intake.checks import text_of
from models.intake.drafts import Draft, DraftState, DraftView, completed, left, totals_of
from models.intake.tasks import print_of, unkept
from models.order.messages import Acceptance
from models.shared.errors import Conflict, ErrorCode, OrderloomError, Problem, Refused
from models.shared.merge_patch import merge
from starter.mending import STALE, Taker
from starter.reading import OrderReader

log = structlog.get_logger()

# Somebody who is always a moment slower than others hears so in the end.
_TRIES = 5


class Drafting:
    """Drafts have no effect until they are confirmed; then one order is taken. Every method raises `Unavailable`."""

    def __init__(self, reader: OrderReader, book: DraftBook, taking: Taker) -> None:
        self._reader = reader
        self._book = book
        self._taking = taking

    async def write(self, body: Any, key: str = "") -> DraftView:
        """A new draft; with a `key` the same body gets the same one. Raises `Refused`, `Conflict` (`key_reused`)."""
        kept = _expect_kept(body, "")
        made = _name(f"{text_of(kept, 'channel')}\n{key}".encode()) if key else _name(secrets.token_bytes(32))
        return await self._shown(await self._book.write(made, kept, print_of(kept)))

    async def show(self, draft_id: str) -> DraftView:
        """One draft with its faults and totals as of now. Raises `NotFound`."""
        return await self._shown(await self._book.draft(draft_id))

    async def change(self, draft_id: str, patch: Any, version: int = 0) -> DraftView:
        """Merge a patch (RFC 7396) into the body. `version`: the one that was looked at, 0: whichever stands.

        Raises `NotFound`, `Refused`, `Conflict` when it is not open any more (`not_allowed_now`) or has another version (`stale_version`).
        """
        if not isinstance(patch, dict):
            raise Refused([Problem(pointer="", code="wrong_type", detail="is not a JSON object")])
        for _ in range(_TRIES):
            draft = await self._open(draft_id, version)
            body = _expect_kept(merge(draft.body, patch), "")
            changed = await self._book.change(draft, body)
            if changed is not None:
                return await self._shown(changed)
        raise _too_busy(draft_id)

    async def confirm(self, draft_id: str, version: int = 0) -> Acceptance:
        """Take the order, once; a repeat gets the same answer. Raises as `change` does, `Refused` with every fault that is left."""
        for _ in range(_TRIES):
            draft = await self._book.draft(draft_id)
            if draft.answer is not None:
                return draft.answer
            _expect_open(draft, version)
            now = self._reader.now()
            body = completed(draft.body, draft.id, now)
            try:
                order = await self._reader.read(body)
            except Refused as faults:
                raise Refused(list(left(faults.problems))) from None
            confirmed = await self._book.confirm(draft, order, body, now)
            if confirmed is not None and confirmed.answer is not None:
                try:
                    # It stands in the book already, and a relay starts it; this starts it now, and gets the same answer.
                    await self._taking.take(order)
                except OrderloomError as error:
                    log.info("a confirmed draft starts later", order=order.order_number, error=str(error))
                return confirmed.answer
        raise _too_busy(draft_id)

    async def delete(self, draft_id: str, version: int = 0) -> None:
        """Forget a draft that is not confirmed. Raises `NotFound`, `Conflict`."""
        for _ in range(_TRIES):
            draft = await self._book.draft(draft_id)
            if draft.state is DraftState.CONFIRMED:
                raise _not_open(draft)
            _expect_version(draft, version)
            if await self._book.delete(draft):
                return
        raise _too_busy(draft_id)

    async def _open(self, draft_id: str, version: int) -> Draft:
        draft = await self._book.draft(draft_id)
        _expect_open(draft, version)
        return draft

    async def _shown(self, draft: Draft) -> DraftView:
        problems: tuple[Problem, ...] = ()
        if draft.state is not DraftState.CONFIRMED:
            try:
                await self._reader.read(completed(draft.body, draft.id, self._reader.now()))
            except Refused as faults:
                problems = left(faults.problems)
        return DraftView(
            **draft.model_dump(include=set(DraftView.model_fields) & set(Draft.model_fields)),
            state=draft.state,
            problems=problems,
            totals=totals_of(draft.body),
        )


def _name(seed: bytes) -> str:
    """An id; one that is made of chance cannot be guessed, as a draft holds a customer's data."""
    return f"draft-{base64.b32encode(hashlib.sha256(seed).digest())[:20].decode('ascii').lower()}"


def _expect_kept(body: Any, at: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused(
            [Problem(pointer=at, code="wrong_type", detail="is not a JSON object", fix="send one order")]
        )
    if problems := unkept(body, at):
        raise Refused(problems)
    return body


def _expect_open(draft: Draft, version: int) -> None:
    if draft.state is not DraftState.OPEN:
        raise _not_open(draft)
    _expect_version(draft, version)


def _expect_version(draft: Draft, version: int) -> None:
    if version not in (0, draft.version):
        raise Conflict(STALE, f"{draft.id} is at version {draft.version}, not {version}: look at it again")


def _not_open(draft: Draft) -> Conflict:
    why = f"it is the order {draft.order_number}" if draft.order_number else "it has expired"
    return Conflict(ErrorCode.NOT_ALLOWED_NOW, f"{draft.id}: {why}")


def _too_busy(draft_id: str) -> Conflict:
    return Conflict(STALE, f"{draft_id}: others change it all the time; look at it again")
