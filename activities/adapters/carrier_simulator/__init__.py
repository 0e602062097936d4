"""Three carriers that keep a journal of their own."""

from activities.adapters.carrier_simulator.courier import CourierPlan
from activities.adapters.carrier_simulator.gateway import CarrierSimulator

__all__ = ["CarrierSimulator", "CourierPlan"]
