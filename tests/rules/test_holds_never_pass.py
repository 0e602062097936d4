"""Whatever is said in whatever order, and whichever worker dies: nothing of a held line is sourced, packed, labelled or handed over,
what is free goes on, and in the end every piece is reserved and sent once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from models.allocation.messages import Part, Sourced, Sourcing
from models.delivery.messages import News, ParcelNews
from models.order.fulfilment import due_news, due_sourcing, next_wait, parcel_names, rest_of
from models.order.hold_rules import end_over, free_wants, place, release, stopped
from models.order.messages import Hold, Release, Want
from models.order.rules import bench_objection, objection, parcel_objection
from models.order.run_state import OrderRun, ParcelRun
from models.order.states import HoldReason
from models.order.waits import WaitingFor
from models.preparation.messages import BenchStep, BenchWork, ParcelPlan

LINES = (1, 2, 3)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WANTS = tuple(Want(line_no=line, sku=f"S{line}", quantity=line) for line in LINES)
REASONS = (HoldReason.BY_PERSON, HoldReason.AWAITING_PAYMENT)
PEOPLE = ("ana", "bo")

lines = st.sets(st.sampled_from(LINES)).map(lambda some: tuple(sorted(some)))
holds = st.tuples(
    st.just("hold"), st.sampled_from(REASONS), lines, st.sampled_from(PEOPLE), st.sampled_from((None, 1, 5))
)
releases = st.tuples(st.just("release"), st.sampled_from((None, *REASONS)), lines, st.booleans())
words = st.one_of(
    holds,
    releases,
    st.tuples(st.just("pass"), st.integers(0, 3)),
    st.tuples(st.just("act"), st.integers(1, 4)),
    st.tuples(st.just("bench"), st.integers(0, 5)),
    st.tuples(st.just("carrier"), st.integers(0, 5)),
    st.tuples(st.just("crash"), st.integers(1, 4)),
)


@dataclass
class House:
    """An order over the rules alone, acting as its workflow does; the books keep what a dead worker had done."""

    split: bool
    run: OrderRun = field(default_factory=lambda: OrderRun(line_nos=LINES))
    now: datetime = NOW
    # Who holds what, kept beside the rules in the plainest way: (line, hold id) → reason, whether lines were named, until when.
    held: dict[tuple[int, str], tuple[HoldReason, bool, datetime | None]] = field(default_factory=dict)
    reserved: dict[str, tuple[Part, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run.to_source = [Sourcing(cause="order", wants=WANTS)]

    def hold(self, reason: HoldReason, some: tuple[int, ...], by: str, hours: int | None) -> None:
        until = self.now + timedelta(hours=hours) if hours else None
        message = Hold(by=by, reason=reason, lines=some, until=until)
        if objection(self.run, "hold", message, self.now):
            return
        place(self.run, message, self.now)
        name = self.run.holds[-1].hold_id
        self.held = {key: kept for key, kept in self.held.items() if key[1] != name}
        self.held |= {(line, name): (reason, bool(some), until) for line in some or LINES}

    def release(self, reason: HoldReason | None, some: tuple[int, ...], by_id: bool) -> None:
        name = self.run.holds[0].hold_id if by_id and self.run.holds else ""
        message = Release(reason=reason, lines=some, hold_id=name)
        if objection(self.run, "release", message, self.now):
            return
        release(self.run, message)
        for (line, hold_id), (why, named, _) in list(self.held.items()):
            if name in ("", hold_id) and reason in (None, why) and (not some or (named and line in some)):
                del self.held[line, hold_id]

    def free(self, line: int) -> bool:
        ends = [end for (held, _), (_, _, end) in self.held.items() if held == line]
        return not any(end is None or end > self.now for end in ends)

    def expect_free(self, wants: tuple[Want, ...]) -> None:
        assert [want.line_no for want in wants if not self.free(want.line_no)] == []

    def act(self) -> bool:
        """The next step of the main coroutine; whether there was one."""
        run = self.run
        end_over(run, self.now)
        if run.unpacked:
            names = parcel_names(run, "DE-1", run.unpacked)
            for name, part in zip(names, run.unpacked.parts, strict=True):
                assert name not in run.parcels
                plan = ParcelPlan(parcel_id=name, warehouse="W", wants=part.wants, weight_g=1, value_minor=1)
                run.parcels[name] = ParcelRun(plan=plan)
            run.unpacked = None
        elif news := due_news(run):
            run.parcel_news.remove(news)
            parcel = run.parcels[news.parcel_id]
            if not parcel.handed_over:
                self.expect_free(parcel.plan.wants)
            parcel.handed_over, parcel.end = True, "delivered"
        elif wanted := due_sourcing(run):
            self.source(wanted)
        else:
            return False
        return True

    def source(self, wanted: Sourcing) -> None:
        run, asked = self.run, free_wants(self.run, wanted)
        assert asked
        assert not stopped(run)
        self.expect_free(asked)
        parts = self.reserved.setdefault(wanted.key, self.parts_of(asked))
        run.unpacked = Sourced(cause=wanted.cause, parts=parts, key=wanted.key)
        others = [one for one in run.to_source or () if one is not wanted]
        run.to_source = [*others, *rest_of(wanted, parts)]

    def parts_of(self, wants: tuple[Want, ...]) -> tuple[Part, ...]:
        each = [(want,) for want in wants] if self.split else [wants]
        return tuple(Part(warehouse="W", wants=some) for some in each)

    def bench(self, nth: int) -> None:
        """A hand works on some parcel, and gets its label."""
        if not self.run.parcels:
            return
        name = sorted(self.run.parcels)[nth % len(self.run.parcels)]
        parcel = self.run.parcels[name]
        due = tuple(BenchStep)[len(parcel.steps) :]
        if bench_objection(self.run, BenchWork(parcel_id=name, steps=due)):
            return
        self.expect_free(parcel.plan.wants)
        parcel.steps.extend(due)
        assert parcel_objection(self.run, parcel) == ""
        parcel.tracking_number = f"T-{name}"

    def carrier(self, nth: int) -> None:
        """The carrier says that it has a parcel, whether it should or not."""
        labelled = sorted(name for name, one in self.run.parcels.items() if one.labelled)
        if labelled:
            name = labelled[nth % len(labelled)]
            self.run.parcel_news.append(ParcelNews(request_id=name, parcel_id=name, news=News.DELIVERED))

    def crash(self, steps: int) -> None:
        """A worker does some steps, and dies before anybody heard of them; the books keep what was reserved."""
        before = self.run.model_copy(deep=True)
        for _ in range(steps):
            self.act()
        self.run = before

    def obey(self, word: tuple[object, ...]) -> None:
        verb, *values = word
        end_over(self.run, self.now)
        if verb == "pass":
            self.now += timedelta(hours=int(str(values[0])))
            end_over(self.run, self.now)
        elif verb == "act":
            for _ in range(int(str(values[0]))):
                self.act()
        else:
            getattr(self, str(verb))(*values)
        self.expect_progress()

    def expect_progress(self) -> None:
        """An order is stopped when no line that is still here may go on, and only then."""
        run = self.run
        assert stopped(run) is (
            next_wait(run) is WaitingFor.RELEASE
            and not run.unpacked
            and bool(run.to_source or run.live_parcels)
        ) or bool(run.unpacked)
        to_source = {want.line_no for one in run.to_source or () for want in one.wants}
        if any(self.free(line) for line in to_source):
            assert not stopped(run)
        for parcel in run.live_parcels:
            if all(self.free(want.line_no) for want in parcel.plan.wants):
                assert not stopped(run)

    def finish(self) -> None:
        """Everybody lets go, and everybody does their work."""
        self.run.holds, self.held = [], {}
        rounds = 0
        while self.run.to_source or self.run.unpacked or self.run.live_parcels:
            rounds += 1
            assert rounds < 50, "the order never ends"
            if not self.act():
                for nth in range(len(self.run.parcels)):
                    self.bench(nth)
                    self.carrier(nth)


@settings(max_examples=400, deadline=None)
@given(said=st.lists(words, max_size=25), split=st.booleans())
def test_nothing_of_a_held_line_is_ever_done_and_everything_is_done_once(
    said: list[tuple[object, ...]], split: bool
) -> None:
    house = House(split)
    for word in said:
        house.obey(word)
    house.finish()
    pieces: Counter[int] = Counter()
    for parts in house.reserved.values():
        for part in parts:
            pieces.update({want.line_no: want.quantity for want in part.wants})
    sent: Counter[int] = Counter()
    for parcel in house.run.parcels.values():
        assert parcel.end == "delivered"
        sent.update({want.line_no: want.quantity for want in parcel.plan.wants})
    assert dict(pieces) == dict(sent) == {line: line for line in LINES}
