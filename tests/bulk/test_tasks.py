"""`--on-error task`: broken orders of a file wait for a person, each once."""

from __future__ import annotations

from pathlib import Path

from models.intake.states import TaskState
from starter.bulk.importing import OnError
from tests.bulk.made import House, body, jsonl, places, rows_of, table


def of(folder: Path, *bodies: object) -> House:
    file = folder / "orders.jsonl"
    file.write_bytes(jsonl(*bodies))
    return House(file)


async def test_with_task_broken_orders_wait_for_a_person_once_and_the_rest_goes_in(tmp_path: Path) -> None:
    house = of(
        tmp_path,
        body("S-1"),
        body("S-2", total_minor=1),
        b"{",
        body("S-3", channel=""),
        body("S-4", currency="XXQ"),
    )
    outcome = await house.run(OnError.TASK)
    counts = outcome.counts
    assert (outcome.ended, counts.new, counts.tasks, counts.broken) == ("done", 1, 2, 2)
    assert places(outcome.faults) == [
        (2, "/total_minor", "", "total_mismatch"), (3, "", "", "not_json"), (4, "/channel", "", "bad_format"),
        (5, "/currency", "", "currency_unknown"),
    ]  # fmt: skip
    held = [what for act, what in house.door.journal if act == "task"]
    assert sorted(held) == [("web", "S-2"), ("web", "S-4")]
    again = await house.run(OnError.TASK)
    assert (again.counts.new, again.counts.there, again.counts.tasks, again.counts.broken) == (0, 1, 2, 2)
    assert [what for act, what in house.door.journal if act == "task"] == held
    (first,) = [one for one in house.door.tasks.held.values() if one.source_id == "S-2"]
    ended = {"state": TaskState.MENDED, "order_number": "DE-1AB", "problems": ()}
    house.door.tasks.held[first.id] = first.model_copy(update=ended)
    third = await house.run(OnError.TASK)
    assert (third.counts.there, third.counts.tasks) == (2, 1)


async def test_with_task_rows_that_contradict_each_other_stay_broken(tmp_path: Path) -> None:
    rows = [*rows_of(body("S-1", total_minor=1)), *rows_of(body("S-2", total_minor="many"))]
    rows[1]["ship_to.city"] = "Bonn"
    house = House(tmp_path / "orders.csv")
    house.file.write_bytes(table(rows))
    outcome = await house.run(OnError.TASK)
    assert (outcome.counts.broken, outcome.counts.tasks, outcome.counts.new) == (1, 1, 0)
    assert [what for act, what in house.door.journal if act == "task"] == [("web", "S-2")]
    assert tuple(sorted(fault.code for fault in outcome.faults)) == (
        "differs_in_order",
        "total_mismatch",
        "wrong_type",
    )
