"""Parcels to the bench, and what the bench says: picked, checked, packed, labelled, or pieces missing."""

from collections.abc import Awaitable, Callable

from activities.allocation.steps import AllocationSteps
from activities.preparation.steps import PreparationSteps
from models.allocation.messages import Part, ReleaseStock, Restock, StockArrived
from models.order.fulfilment import parcel_names
from models.order.messages import Want
from models.order.rules import STEPS, bench_objection
from models.order.run_state import ParcelRun
from models.order.states import Stage
from models.order.waits import WaitingFor
from models.preparation.messages import BenchAnswer, BenchStep, OpenParcels, ParcelPlan, RecordBench
from workflows.shared.jobs import BenchJob
from workflows.shared.life import OrderLife
from workflows.shared.neighbours import tell_orders
from workflows.shared.waiting import will_wait

Labeller = Callable[[OrderLife, ParcelRun], Awaitable[str]]


async def open_parcels(life: OrderLife) -> None:
    """One parcel for each part that was sourced."""
    run = life.run
    assert run.unpacked is not None
    names = parcel_names(run, life.order.order_number, run.unpacked)
    plans = tuple(_plan(life, name, part) for name, part in zip(names, run.unpacked.parts, strict=True))
    request = OpenParcels(
        key=life.key("open_parcels", run.unpacked.key or run.unpacked.cause),
        order_number=life.order.order_number,
        parcels=plans,
        progress=will_wait(life, WaitingFor.BENCH),
    )
    await life.local(PreparationSteps.open_parcels, request, "open parcels")
    run.parcels |= {plan.parcel_id: ParcelRun(plan=plan) for plan in plans}
    run.unpacked = None


def _plan(life: OrderLife, name: str, part: Part) -> ParcelPlan:
    lines = {line.line_no: line for line in life.order.lines}
    default = life.run.policy.delivery.default_piece_weight_g
    return ParcelPlan(
        parcel_id=name,
        warehouse=part.warehouse,
        wants=part.wants,
        weight_g=sum((lines[want.line_no].weight_g or default) * want.quantity for want in part.wants),
        value_minor=sum(lines[want.line_no].unit_price_minor * want.quantity for want in part.wants),
    )


async def work_bench(life: OrderLife, label: Labeller) -> None:
    """Do the piece of bench work that was told first."""
    run, job = life.run, life.jobs[0]
    job.begun = True
    if refusal := bench_objection(run, job.work):
        job.answer = BenchAnswer(done=False, said=refusal)
    elif job.work.missing_sku:
        await _take_apart(life, job)
    else:
        await _do(life, job, label)
    if job in life.jobs:
        life.jobs.remove(job)


async def _do(life: OrderLife, job: BenchJob, label: Labeller) -> None:
    work = job.work
    parcel = life.run.parcels[work.parcel_id]
    await _record(life, job)
    parcel.steps.extend(work.steps)
    said = "done"
    if BenchStep.LABEL in work.steps:
        said = await label(life, parcel) or "label to print"
        if not parcel.labelled:
            await _record(life, job, undone=True)
            parcel.steps.remove(BenchStep.LABEL)
    due = STEPS[len(parcel.steps) :]
    job.answer = BenchAnswer(
        done=BenchStep.LABEL not in work.steps or parcel.labelled,
        said=said,
        next_step=due[0] if due else None,
        tracking_number=parcel.tracking_number,
        label=parcel.label,
    )


async def _record(life: OrderLife, job: BenchJob, undone: bool = False) -> None:
    """Write the work down, or `undone`: that its label is not there."""
    work = job.work
    # By parcel and what was done: after a crash the work may be told in another order.
    done = f"{work.missing}x{work.missing_sku}" if work.missing_sku else "+".join(work.steps)
    done = f"{done}:undone" if undone else done
    version = life.run.version(f"bench:{work.parcel_id}")
    request = RecordBench(
        key=life.key(f"bench:{work.parcel_id}", f"{version}:{done}"),
        order_number=life.order.order_number,
        parcel_id=work.parcel_id,
        by=work.by,
        steps=work.steps,
        missing_sku=work.missing_sku,
        missing=work.missing,
        undone=undone,
        progress=will_wait(life, WaitingFor.BENCH),
    )
    await life.local(
        PreparationSteps.record_bench, request, f"bench: {'+'.join(work.steps) or 'missing pieces'}"
    )


async def _take_apart(life: OrderLife, job: BenchJob) -> None:
    """Pieces are missing: the parcel is dissolved, its stock set right, and everything in it sourced anew elsewhere."""
    run, work = life.run, job.work
    parcel = run.parcels[work.parcel_id]
    number, warehouse = life.order.order_number, parcel.plan.warehouse
    await _record(life, job)
    release = ReleaseStock(
        key=life.key("release_stock", work.parcel_id),
        order_number=number,
        why=f"{work.missing} × {work.missing_sku} missing at {warehouse}",
        progress=life.progress(Stage.PREPARATION),
        warehouse=warehouse,
        wants=parcel.plan.wants,
    )
    released = await life.local(AllocationSteps.release_stock, release, "release the parcel's stock")
    missing = Restock(
        key=life.key("missing", work.parcel_id),
        order_number=number,
        parcel_id=work.parcel_id,
        warehouse=warehouse,
        wants=(Want(line_no=0, sku=work.missing_sku, quantity=work.missing),),
        kind="missing",
        progress=life.progress(Stage.PREPARATION),
    )
    await life.local(AllocationSteps.restock, missing, "book the missing pieces")
    parcel.end = "cancelled"
    run.source_again(parcel, excluded=(warehouse,))
    freed = StockArrived(request_id=f"freed:{release.key}", sku="")
    await tell_orders(released.waiting_orders, "stock_arrived", freed)
    job.answer = BenchAnswer(
        done=True, said="the parcel is dissolved and sourced anew: put the picked pieces back"
    )
