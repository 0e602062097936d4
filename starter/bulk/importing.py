"""Hands the orders of a file in at the door: several at once, each once, whatever is interrupted and begun again."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from models.intake.bulk import Record
from models.shared.errors import Problem, Unavailable
from starter.bulk.door import BulkDoor, Stopped
from starter.bulk.files import FileChanged, Source
from starter.bulk.journal import Journal
from starter.bulk.report import Counts, FaultFile, Outcome, Tally

_BREATH = 200
Queue = asyncio.Queue[tuple[int, Record] | None]


class OnError(StrEnum):
    """What becomes of a file with broken orders: the good ones go in, or nothing does, or the broken ones become tasks as well."""

    SKIP = "skip"
    STOP = "stop"
    TASK = "task"


class _Distrusted(Exception):
    """The door does not know an order that the journal says is in."""


def _first(error: BaseException) -> BaseException:
    """One error of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class Import:
    """One run over one file."""

    def __init__(
        self,
        source: Source,
        door: BulkDoor,
        journal: Journal,
        file: FaultFile,
        told: Callable[[Counts], None] = lambda _: None,
        at_once: int = 8,
    ) -> None:
        """`told` hears of every order; `at_once` orders are under way."""
        self._source = source
        self._door = door
        self._journal = journal
        self._at_once = at_once
        self._outcome = Outcome()
        self._tally = Tally(self._outcome, file, told)
        self._sample: frozenset[bytes] = frozenset()
        self._tasks = False

    async def run(self, on_error: OnError = OnError.SKIP) -> Outcome:
        """Hand everything in that is not there yet. Raises `Refused` when the file's header has faults."""
        outcome, known = self._outcome, len(self._journal)
        self._tasks = on_error is OnError.TASK
        if self._journal.changed:
            outcome.notes.append(
                f"the file changed since its last import; {known:,} orders are known from then"
            )
        try:
            await self._trusting(on_error)
        except Unavailable as error:
            outcome.ended, outcome.why = "away", str(error)
        except FileChanged as error:
            outcome.ended, outcome.why = "changed", error.problems[0].detail
        if self._door.stopped:
            outcome.ended = "stopped"
        self._tally.flush()
        outcome.counts.repeats = self._door.repeats
        return outcome

    async def _trusting(self, on_error: OnError) -> None:
        self._sample = self._journal.sample()
        try:
            await self._both(on_error)
            return
        except _Distrusted:
            note = "the door does not know what the journal says is in: the journal was set aside"
            self._outcome.notes.append(note)
        self._journal.forget_earlier()
        self._sample = frozenset()
        await self._both(on_error)

    async def _both(self, on_error: OnError) -> None:
        if on_error is OnError.STOP:
            await self._pass(hand_in=False)
            if self._door.stopped:
                return
            if self._outcome.counts.broken:
                self._outcome.ended = "refused"
                return
        await self._pass(hand_in=True)

    async def _pass(self, hand_in: bool) -> None:
        self._tally.restart()
        queue: Queue = asyncio.Queue(2 * self._at_once)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._at_once):
                    group.create_task(self._work(queue, hand_in))
                await self._feed(queue)
        except* Exception as several:
            first = _first(several)
        else:
            return
        raise first

    async def _feed(self, queue: Queue) -> None:
        for nth, record in enumerate(self._source.records()):
            if self._door.stopped:
                break
            self._tally.begins(record)
            if not self._settled(nth, record):
                await queue.put((nth, record))
            elif nth % _BREATH == 0:
                await asyncio.sleep(0)
        for _ in range(self._at_once):
            await queue.put(None)

    def _settled(self, nth: int, record: Record) -> bool:
        """Whether nothing has to be asked."""
        if record.raw is None:
            self._tally.ends(nth, "broken", record.told(()))
        elif record.faults:
            return False
        elif record.same_as:
            self._tally.ends(nth, "repeated")
        elif (done := self._journal.of(record)) and record.digest not in self._sample:
            self._tally.ends(nth, "new" if done.new and not done.earlier else "there")
        else:
            return False
        return True

    async def _work(self, queue: Queue, hand_in: bool) -> None:
        while (job := await queue.get()) is not None:
            nth, record = job
            if self._door.stopped:
                self._tally.ends(nth, "unanswered")
                continue
            try:
                await self._one(nth, record, hand_in)
            except Stopped:
                self._tally.ends(nth, "unanswered")

    async def _one(self, nth: int, record: Record, hand_in: bool) -> None:
        assert record.raw is not None
        there, problems = await self._door.check(record.raw)
        if record.faults or problems:
            await self._broken(nth, record, problems)
            return
        if record.digest in self._sample:
            if not there:
                raise _Distrusted
            self._tally.ends(nth, "there")
            return
        if not hand_in:
            self._tally.ends(nth, "checked")
            return
        number, problems = await self._door.take(record.raw)
        if problems:
            self._tally.ends(nth, "broken", record.told(problems))
            return
        self._journal.put(record, number, new=not there)
        self._tally.ends(nth, "there" if there else "new")

    async def _broken(self, nth: int, record: Record, problems: list[Problem]) -> None:
        """An order with faults: told, and with `task` handed to customer service, unless the file itself is what is wrong."""
        became = "broken"
        if self._tasks and problems and record.seen_by(problems):
            became, problems = await self._door.hold(record.raw or {}, problems)
        self._tally.ends(nth, became, record.told(problems) if problems else ())
