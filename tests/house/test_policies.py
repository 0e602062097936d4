"""Policies are versions: one is active, and the way back is to activate an older one."""

from __future__ import annotations

import pytest

from activities.order.policies import PolicyRecords
from activities.order.policy_document import read_policy
from activities.shared.database import Database
from models.order.policy import Policy
from models.shared.errors import NotFound, Refused


async def test_what_ships_is_active_until_another_version_is(database: Database) -> None:
    records = PolicyRecords(database)
    assert (await records.show(), await records.entries()) == (Policy(), [])
    assert await records.activate({"deadlines": {"return_window_s": 60}}, "ana") == 2
    active = await records.show()
    assert (active.version, active.deadlines.return_window_s, active.review) == (2, 60, Policy().review)


async def test_an_older_version_can_be_activated_again_and_nothing_is_stored_twice(
    database: Database,
) -> None:
    records = PolicyRecords(database)
    first = {"name": "short", "deadlines": {"return_window_s": 60}}
    assert [await records.activate(first, "ana"), await records.activate(first, "ana")] == [2, 2]
    assert await records.activate({"name": "long"}, "bo") == 3
    assert await records.activate_version(2) == 2
    entries = await records.entries()
    assert [(one.version, one.name, one.active, one.created_by) for one in entries] == [
        (1, "default", False, "orderloom"), (2, "short", True, "ana"), (3, "long", False, "bo"),
    ]  # fmt: skip
    assert await records.activate_version(1) == 1
    assert await records.show() == Policy()
    with pytest.raises(NotFound, match="no policy version 9"):
        await records.activate_version(9)
    assert (await records.show()).version == 1


def test_a_document_with_faults_is_refused_with_all_of_them() -> None:
    with pytest.raises(Refused) as refused:
        read_policy({"deadlines": {"review_h": 3}, "reviews": {}})
    assert sorted(problem.pointer for problem in refused.value.problems) == [
        "/deadlines/review_h",
        "/reviews",
    ]
    with pytest.raises(Refused) as refused:
        read_policy({"deadlines": {"review_s": "soon"}})
    assert [problem.pointer for problem in refused.value.problems] == ["/deadlines/review_s"]


HOURS = {
    "time_zone": "Europe/Berln",
    "opens": "9am",
    "closes": "17:00",
    "weekdays": [0, 7],
    "holidays_of": "DE-XX",
}
CALENDAR_FAULTS = [
    ("/review/sla/hours/holidays_of", "holidays_unknown"),
    ("/review/sla/hours/opens", "bad_clock_time"),
    ("/review/sla/hours/time_zone", "time_zone_unknown"),
    ("/review/sla/hours/weekdays", "bad_weekdays"),
]


async def test_a_calendar_that_cannot_be_counted_is_refused_at_activation_with_every_fault(
    database: Database,
) -> None:
    records = PolicyRecords(database)
    with pytest.raises(Refused) as refused:
        await records.activate({"review": {"sla": {"hours": HOURS}}}, "ana")
    assert sorted((one.pointer, one.code) for one in refused.value.problems) == CALENDAR_FAULTS
    assert [one.fix for one in refused.value.problems if not one.fix] == []
    assert await records.entries() == []


def test_faults_of_every_kind_are_told_together() -> None:
    document = {
        "deadlines": {"review_s": "soon", "review_h": 3},
        "review": {"sla": {"hours": HOURS | {"closes": 7}}},
        "delivery": {"services": [{"carrier": "x", "speed": 3}]},
    }
    with pytest.raises(Refused) as refused:
        read_policy(document)
    missing = ("service", "base_minor", "per_kg_minor", "days")
    assert sorted((one.pointer, one.code) for one in refused.value.problems) == sorted(
        [
            ("/deadlines/review_h", "unknown_field"),
            ("/deadlines/review_s", "bad_policy"),
            ("/delivery/services/0/speed", "unknown_field"),
            ("/review/sla/hours/closes", "bad_policy"),
            *((f"/delivery/services/0/{name}", "bad_policy") for name in missing),
            *CALENDAR_FAULTS,
        ]
    )


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ({"opens": "17:00", "closes": "09:00"}, [("/review/sla/hours/closes", "closes_too_early")]),
        ({"opens": "24:00"}, [("/review/sla/hours/opens", "bad_clock_time")]),
        ({"weekdays": []}, [("/review/sla/hours/weekdays", "bad_weekdays")]),
        ({"weekdays": [1, 1]}, [("/review/sla/hours/weekdays", "bad_weekdays")]),
        ({"time_zone": ""}, [("/review/sla/hours/time_zone", "time_zone_unknown")]),
        ({"time_zone": "../etc/passwd"}, [("/review/sla/hours/time_zone", "time_zone_unknown")]),
        ({"holidays_of": "ZZ"}, [("/review/sla/hours/holidays_of", "holidays_unknown")]),
        ({"holidays_of": "DE-"}, [("/review/sla/hours/holidays_of", "holidays_unknown")]),
    ],
)
def test_a_fault_of_working_hours_is_named(hours: dict[str, object], found: list[tuple[str, str]]) -> None:
    with pytest.raises(Refused) as refused:
        read_policy({"review": {"sla": {"hours": hours}}})
    assert [(one.pointer, one.code) for one in refused.value.problems] == found


@pytest.mark.parametrize(
    "hours", [{"holidays_of": ""}, {"holidays_of": "DE-BY"}, {"time_zone": "Asia/Tokyo"}]
)
def test_sound_working_hours_are_taken(hours: dict[str, object]) -> None:
    sla = read_policy({"review": {"sla": {"hours": hours}}}).review.sla
    assert sla is not None
    assert {name: getattr(sla.hours, name) for name in hours} == hours


async def test_an_older_version_whose_calendar_is_wrong_is_not_activated_again(database: Database) -> None:
    records = PolicyRecords(database)
    assert [await records.activate({"name": name}, "ana") for name in ("one", "two")] == [2, 3]
    async with database.transaction() as cursor:
        await cursor.execute(
            "UPDATE policy_version SET document = jsonb_set(document, '{review,sla,hours,time_zone}', '\"Nowhere\"')"
            " WHERE version = 2"
        )
    with pytest.raises(Refused) as refused:
        await records.activate_version(2)
    assert [one.code for one in refused.value.problems] == ["time_zone_unknown"]
    assert (await records.show()).version == 3
