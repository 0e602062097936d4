"""Every recorded history of every released version is replayed by the code of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.replay.record import HISTORIES
from tests.workflows.disputing import CASES
from tests.workflows.lives import LIVES, refunded
from workers.worker import WORKFLOWS, runner

FILES = sorted(HISTORIES.glob("*/*.json"))


def replayer() -> Replayer:
    return Replayer(
        workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=runner(False)
    )


def recorded(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


def test_every_life_was_recorded() -> None:
    names = {file.stem for file in FILES}
    assert {life.__name__ for life in (*LIVES, refunded, *CASES)} <= names


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_history_replays(file: Path) -> None:
    history = recorded(file)
    result = await replayer().replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is None


async def test_a_history_that_went_another_way_is_told() -> None:
    """The gate can fail: without the authorisation in it, a history is not one of ours."""
    text = recorded(FILES[0]).to_json().replace('"authorise_payment"', '"another_step"')
    history = WorkflowHistory.from_json("broken", text)
    result = await replayer().replay_workflow(history, raise_on_replay_failure=False)
    assert isinstance(result.replay_failure, NondeterminismError)
