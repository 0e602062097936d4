"""The house: database, workflow engine, workers, doors and simulators of one data folder, started and stopped together."""

from workers.up.house import LocalHouse
from workers.up.options import HouseOptions

__all__ = ["HouseOptions", "LocalHouse"]
