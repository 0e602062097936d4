"""The auditor: compares our tables with themselves, with the outsiders' journals, and with the workflows."""

from collections.abc import Mapping
from typing import Any

from activities.insight.agreement import WORKFLOWS_AGREE, compare
from activities.insight.invariants import INVARIANTS, Invariant
from activities.insight.ports import SnapshotReader
from activities.shared.database import Cursor, Database
from models.insight.messages import AuditReport, Finding
from models.order.waits import WaitingFor
from models.settlement.disputes.rules import RESERVED, WITHDRAWN
from models.settlement.disputes.states import DisputeWait
from models.settlement.rules import GATEWAY

STALE_S = 300.0
# What is told of one invariant; a broken table would fill pages.
MOST_FINDINGS = 100

_CHECK = """
SELECT count(*) AS looked, coalesce(jsonb_agg(jsonb_build_array(subject, what) ORDER BY subject, what) FILTER (WHERE wrong), '[]') AS found
FROM ({sql}) AS looked_at"""

DESCRIPTIONS: Mapping[str, str] = {
    **{one.name: one.says for one in INVARIANTS},
    WORKFLOWS_AGREE.name: WORKFLOWS_AGREE.says,
}


async def audit(
    db: Database,
    snapshots: SnapshotReader | None,
    journals: bool,
    *,
    grace_s: float = 300.0,
    sample: int = 200,
) -> AuditReport:
    """Check every invariant over one moment of the database, then ask up to `sample` workflows.

    `snapshots` None: no workflow is asked. `journals` false: nothing is compared with schema `sim`. `grace_s`: how long
    an open order may work without waiting, in seconds. Raises `Unavailable`.
    """
    values = {
        "grace_s": grace_s,
        "stale_s": STALE_S,
        "waits": [wait.value for wait in WaitingFor],
        "gateway": GATEWAY,
        "reserved": RESERVED,
        "withdrawn": WITHDRAWN,
        "dispute_waits": [wait.value for wait in DisputeWait],
    }
    checked: dict[str, int] = {}
    findings: list[Finding] = []
    async with db.transaction() as cursor:
        await cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        at = (await _row(cursor, "SELECT now() AS at", {}))["at"]
        for one in INVARIANTS:
            if journals or not one.journals:
                row = await _row(cursor, _CHECK.format(sql=one.sql), values)
                checked[one.name] = row["looked"]
                findings += _told(one, row["found"])
    if snapshots is not None:
        looked, found = await compare(db, snapshots, sample)
        checked[WORKFLOWS_AGREE.name] = looked
        findings += _told(WORKFLOWS_AGREE, found)
    return AuditReport(checked=checked, findings=tuple(findings), at=at)


async def has_journals(db: Database) -> bool:
    """Whether the outsiders are simulators, so that schema `sim` holds their journals. Raises `Unavailable`."""
    async with db.reading() as cursor:
        return bool(
            (await _row(cursor, "SELECT to_regclass('sim.psp_payment') IS NOT NULL AS there", {}))["there"]
        )


def _told(one: Invariant, found: list[list[str]]) -> list[Finding]:
    findings = [
        Finding(invariant=one.name, subject=subject, detail=what) for subject, what in found[:MOST_FINDINGS]
    ]
    if len(found) > MOST_FINDINGS:
        more = len(found) - MOST_FINDINGS
        findings.append(Finding(invariant=one.name, subject="…", detail=f"and {more} more"))
    return findings


async def _row(cursor: Cursor, sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    await cursor.execute(sql.encode(), values)
    return await cursor.fetchone() or {}
