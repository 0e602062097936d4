"""Policies are versions: one is active, and the way back is to activate an older one."""

from __future__ import annotations

import pytest

from activities.order.policies import PolicyRecords, read_policy
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
