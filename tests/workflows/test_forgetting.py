"""A worker that forgets a workflow closes its coroutine, outside of any loop: nothing may come of that."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

from workflows.order import OrderWorkflow


class _Never:
    def __await__(self) -> Generator[None, None, None]:
        yield


async def _wait_for_ever(life: Any) -> None:
    await _Never()


def test_an_order_that_is_forgotten_while_it_waits_goes_quietly() -> None:
    order: Any = OrderWorkflow.__new__(OrderWorkflow)
    order.life = SimpleNamespace(run=SimpleNamespace(outcome=None))
    order._live = _wait_for_ever
    running = OrderWorkflow.run(order, None)  # type: ignore[arg-type]
    running.send(None)
    running.close()
