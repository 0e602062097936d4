"""The processes: workers, wiring, the local engine, telemetry."""
