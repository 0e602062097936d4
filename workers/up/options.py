"""What a house is started with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PERSONS = ("bench", "reviewer", "care", "customer", "payer", "operator")


@dataclass(frozen=True)
class HouseOptions:
    """One house. `policy`: a policy document to activate; `persons`: who acts by themselves, of `PERSONS`.

    `door_port` and `smtp_port` None: the remembered port, or a free one. `environment` is added to that of every child.
    """

    home: Path
    workers: int = 1
    ui: bool = True
    door_port: int | None = None
    smtp_port: int | None = None
    policy: Mapping[str, Any] | None = None
    courier: bool = True
    courier_seed: int = 1
    courier_speed: float = 1.0
    courier_lost_rate: float = 0.01
    courier_returned_rate: float = 0.02
    persons: tuple[str, ...] = ()
    person_seed: int = 1
    person_pace_s: float = 0.3
    fault_rate: float = 0.0
    fault_seed: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError when it makes no sense."""
        if self.workers < 0:
            raise ValueError("a house cannot have fewer than no workers")
        unknown = set(self.persons) - set(PERSONS)
        if unknown:
            raise ValueError(f"nobody is called {', '.join(sorted(unknown))}: {', '.join(PERSONS)}")
        if not 0 <= self.fault_rate <= 1:
            raise ValueError("the fault rate is a probability, 0 to 1")
