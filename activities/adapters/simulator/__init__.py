"""What the simulators of the outside world share: their journals, their faults, their webhooks."""
