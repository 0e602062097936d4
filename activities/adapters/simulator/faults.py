"""How the outside world misbehaves: seeded, so that the same run meets the same trouble again.

    fault            what the caller sees                                  what the outsider did
    refuse           authorise: declined (`do_not_honour`);                journalled as declined
                     book: a label refused (`service_suspended`);          nothing, the same call may succeed later
                     void, capture, refund, find: `Unreachable`;           nothing
                     dispute_submit, _accept, _find: `Unreachable`;        nothing
                     a letter: answered 451, `Unreachable`                 nothing
    timeout_before   `OutcomeUnknown`                                      nothing
    timeout_after    `OutcomeUnknown`                                      all of it
    unknown_status   `OutcomeUnknown`; emit: one more event with a         all of it
                     code that nobody knows
    slow             the answer, after `slow_s`                            all of it
    wrong_amount     authorise, capture: a tenth less than asked;          as answered
                     book: a label a tenth dearer
    expired          capture: refused, the money was held for too long     the authorisation is let go
    duplicate        the answer; its webhooks come twice                   all of it
    late             the answer; its webhooks come `late_s` later          all of it

A fault that makes no sense for an operation is passed over. After `MOST_PER_KEY` faults a key is left alone, so that
retries get through. Attempts are counted in this process: another worker starts counting again.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from activities.shared.failures import OutcomeUnknown, Unreachable

MOST_PER_KEY = 2
_REMEMBERED_KEYS = 50_000


class Fault(StrEnum):
    """One kind of trouble."""

    REFUSE = "refuse"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN_STATUS = "unknown_status"
    LATE = "late"
    EXPIRED = "expired"


_F = Fault
_CALL = {_F.REFUSE, _F.TIMEOUT_BEFORE, _F.TIMEOUT_AFTER, _F.SLOW}
_HOOKS = {_F.DUPLICATE, _F.LATE}

# Which faults an operation can suffer.
SUFFERS: dict[str, frozenset[Fault]] = {
    "authorise": frozenset(Fault) - {_F.EXPIRED},
    "capture": frozenset(Fault),
    "refund": frozenset(Fault) - {_F.WRONG_AMOUNT, _F.EXPIRED},
    "void": frozenset(Fault) - {_F.WRONG_AMOUNT, _F.EXPIRED},
    "find": frozenset({_F.REFUSE, _F.TIMEOUT_BEFORE, _F.SLOW}),
    "settle": frozenset(_HOOKS),
    "dispute_tell": frozenset(_HOOKS),
    "dispute_submit": frozenset(_CALL | {_F.UNKNOWN_STATUS}),
    "dispute_accept": frozenset(_CALL | _HOOKS | {_F.UNKNOWN_STATUS}),
    "dispute_find": frozenset({_F.REFUSE, _F.TIMEOUT_BEFORE, _F.SLOW}),
    "book": frozenset(Fault) - {_F.EXPIRED},
    "void_label": frozenset(_CALL),
    "find_label": frozenset({_F.REFUSE, _F.TIMEOUT_BEFORE, _F.SLOW}),
    "emit": frozenset(_HOOKS | {_F.UNKNOWN_STATUS}),
    "mail": frozenset(_CALL),
}
_SAYS_NO = frozenset({"authorise", "book", "mail"})


@dataclass
class _Seen:
    attempts: int = 0
    faults: int = 0


class FaultPlan:
    """Decides by (seed, key, attempt of that key) which fault a call meets, if any.

    `rates`: probability of each fault, together at most 1.
    """

    def __init__(
        self, seed: int, rates: Mapping[Fault, float], slow_s: float = 0.2, late_s: float = 5.0
    ) -> None:
        if any(rate < 0 for rate in rates.values()) or sum(rates.values()) > 1 + 1e-9:
            raise ValueError("fault rates are probabilities, together at most 1")
        self.slow_s = slow_s
        self.late_s = late_s
        self._seed = seed
        self._rates = {fault: rates[fault] for fault in Fault if rates.get(fault, 0) > 0}
        self._script: Mapping[tuple[str, int | str], Fault] = {}
        self._calls: dict[str, int] = {}
        self._seen: dict[str, _Seen] = {}

    @classmethod
    def none(cls) -> "FaultPlan":
        """Everything goes well."""
        return cls(0, {})

    @classmethod
    def scripted(
        cls, script: Mapping[tuple[str, int | str], Fault], slow_s: float = 0.2, late_s: float = 5.0
    ) -> "FaultPlan":
        """For tests: (operation, n) hits its n-th call, counted from 1; (operation, text) hits the first call
        of each key that holds the text."""
        plan = cls(0, {}, slow_s, late_s)
        plan._script = dict(script)
        return plan

    def draw(self, operation: str, key: str) -> Fault | None:
        """Count this call and say what it meets."""
        if not self._rates and not self._script:
            return None
        seen = self._seen.setdefault(key, _Seen())
        seen.attempts += 1
        if len(self._seen) > _REMEMBERED_KEYS:
            del self._seen[next(iter(self._seen))]
        fault = self._written(operation, key) if self._script else self._rolled(key, seen.attempts)
        if fault is None or fault not in SUFFERS[operation] or seen.faults >= MOST_PER_KEY:
            return None
        seen.faults += 1
        return fault

    @asynccontextmanager
    async def call(self, operation: str, key: str) -> AsyncIterator[Fault | None]:
        """Around the work of one call: trouble before it, after it, or none; yields what the work must heed."""
        fault = self.draw(operation, key)
        if fault is Fault.TIMEOUT_BEFORE:
            raise OutcomeUnknown(f"{operation}: no answer in time")
        if fault is Fault.REFUSE and operation not in _SAYS_NO:
            raise Unreachable(f"{operation}: connection refused")
        if fault is Fault.SLOW:
            await asyncio.sleep(self.slow_s)
        yield fault
        if fault is Fault.TIMEOUT_AFTER:
            raise OutcomeUnknown(f"{operation}: no answer in time")
        if fault is Fault.UNKNOWN_STATUS and operation != "emit":
            raise OutcomeUnknown(f"{operation}: answered a status that is not known here")

    def delays(self, fault: Fault | None, delay_s: float = 0.0) -> list[float]:
        """When the webhooks of a call go out, in seconds from now; one for each time that they do."""
        if fault is Fault.DUPLICATE:
            return [delay_s, delay_s]
        return [delay_s + self.late_s] if fault is Fault.LATE else [delay_s]

    def _rolled(self, key: str, attempt: int) -> Fault | None:
        digest = hashlib.blake2b(f"{self._seed}:{key}:{attempt}".encode(), digest_size=8).digest()
        roll = int.from_bytes(digest) / 2**64
        for fault, rate in self._rates.items():
            if roll < rate:
                return fault
            roll -= rate
        return None

    def _written(self, operation: str, key: str) -> Fault | None:
        count = self._calls[operation] = self._calls.get(operation, 0) + 1
        if fault := self._script.get((operation, count)):
            return fault
        for (named, text), fault in self._script.items():
            if named == operation and isinstance(text, str) and text in key:
                first = f"{operation} {key}" not in self._calls
                self._calls[f"{operation} {key}"] = 1
                return fault if first else None
        return None
