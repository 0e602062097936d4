"""A desk that mends, over a database of one test's own."""

from __future__ import annotations

import pytest

from activities.shared.database import Database
from tests.stores.mending_desk import House, house_over


@pytest.fixture
def house(database: Database) -> House:
    return house_over(database)
