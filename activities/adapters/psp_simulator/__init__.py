"""A payment provider that keeps a journal of its own."""

from activities.adapters.psp_simulator.disputes import PspDisputes
from activities.adapters.psp_simulator.gateway import PspSimulator

__all__ = ["PspDisputes", "PspSimulator"]
