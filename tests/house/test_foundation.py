"""A Temporal that is not ours gets the search attributes that it lacks, and keeps those that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from starter.connect import connect
from starter.settings import Settings
from workers.engine import EngineError, LocalTemporal
from workers.up.foundation import missing_search_attributes, register_search_attributes
from workflows.shared.details import SEARCH_ATTRIBUTES

pytestmark = pytest.mark.engine


async def test_missing_search_attributes_are_registered_once(tmp_path: Path) -> None:
    with LocalTemporal(tmp_path, ui=False, search_attributes=[("Stage", "Keyword")]) as server:
        client = await connect(Settings(temporal_address=server.address))
        wanted = sorted(name for name, _ in SEARCH_ATTRIBUTES if name != "Stage")
        assert sorted(await missing_search_attributes(client, "default")) == wanted
        assert await register_search_attributes(client, "default") == wanted
        assert await register_search_attributes(client, "default") == []


async def test_an_attribute_of_another_type_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with LocalTemporal(tmp_path, ui=False, search_attributes=[("Stage", "Int")]) as server:
        client = await connect(Settings(temporal_address=server.address))
        with pytest.raises(
            EngineError, match=r"Stage .* is of type Int, Orderloom needs Keyword: .*TEMPORAL_NAMESPACE"
        ):
            await register_search_attributes(client, "default")
