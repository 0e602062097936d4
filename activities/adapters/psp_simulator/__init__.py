"""A payment provider that keeps a journal of its own."""

from activities.adapters.psp_simulator.gateway import PspSimulator

__all__ = ["PspSimulator"]
