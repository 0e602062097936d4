"""The house: database, workflow engine, workers, doors and simulators of one data folder, started and stopped together."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.up.house import LocalHouse
    from workers.up.options import HouseOptions

__all__ = ["HouseOptions", "LocalHouse"]


def __getattr__(name: str) -> Any:
    """Load the house only for those who ask for it: it takes a second, which each command would pay."""
    if name == "LocalHouse":
        from workers.up.house import LocalHouse

        return LocalHouse
    if name == "HouseOptions":
        from workers.up.options import HouseOptions

        return HouseOptions
    raise AttributeError(name)
