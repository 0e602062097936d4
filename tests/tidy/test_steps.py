"""Every step says what it is, and every effect on the outside has its undo or says why not."""

from __future__ import annotations

from activities.shared.marks import Mark, mark_of
from workers import wiring
from workflows.order import UNDOS


class _Nothing:
    payments = carriers = disputes = None


MARKS = {step.__name__: mark_of(step) for step in wiring.steps(None, _Nothing())}  # type: ignore[arg-type]


def faults(marks: dict[str, Mark | None], undos: frozenset[str]) -> list[str]:
    """What is wrong with the marks of the steps."""
    wrong = [f"{name} is not marked" for name, mark in marks.items() if mark is None]
    for name, mark in marks.items():
        if mark is None or not mark.external:
            continue
        if bool(mark.undo) == bool(mark.irreversible):
            wrong.append(f"{name}: either an undo or a reason why there is none")
        if mark.undo and (mark.undo not in marks or mark.undo not in undos):
            wrong.append(f"{name}: its undo {mark.undo} is no step, or never run")
    return wrong


def test_every_step_is_marked_and_every_effect_has_an_undo_that_is_run_or_a_reason() -> None:
    assert faults(MARKS, frozenset(UNDOS)) == []


def test_every_undo_that_is_run_is_a_step() -> None:
    assert sorted(set(UNDOS) - set(MARKS)) == []


def test_the_check_can_fail() -> None:
    marks = {
        "forgotten": None,
        "careless": Mark(external=True),
        "undone_by_nobody": Mark(external=True, undo="no_such_step"),
        "local": Mark(external=False),
    }
    assert faults(marks, frozenset(UNDOS)) == [
        "forgotten is not marked",
        "careless: either an undo or a reason why there is none",
        "undone_by_nobody: its undo no_such_step is no step, or never run",
    ]
