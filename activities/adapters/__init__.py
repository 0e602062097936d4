"""One folder an outside system: the real adapter and the stateful simulator of it."""
