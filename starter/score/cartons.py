"""The scorecard of carton choice: made-up orders of one to eight pieces, packed as `models.preparation.packing` says.

Orders in whole cells are held against an exact solver that shares no code with it; orders in millimetres are measured. Every plan is
checked piece by piece, and none may cost more than a rule of thumb.
"""

import random
from collections.abc import Sequence
from functools import partial

from models.preparation.packing.cartons import CartonPlan, PackedBox, cheapest_cartons
from models.preparation.packing.goods import Catalogue, Item
from models.shared.messages import Message
from starter.score.carton_cases import CELL_MM, bench, in_cells, ordinary, tight
from starter.score.carton_exact import cheapest_minor
from starter.score.carton_heuristics import first_fit_minor
from starter.score.timing import Times, Took, timed, times

TARGET_P95_MS = 150.0


class Family(Message):
    """Orders of one kind. `dearer_by`: how much more the rule of thumb costs; `dearer`: plans that cost more than it, which must
    not be; `several`: plans of more than one box; `steps_p95`: steps of search, the same on every machine."""

    name: str
    orders: int
    proved: int
    unsound: int
    dearer: int
    several: int
    dearer_by: float
    cheaper: int
    steps_p95: int
    times: Times


class Scorecard(Message):
    """What was found. `agreed` of `checked` orders in cells are proved and have the exact solver's cost; `wrong` are called proved
    and have another."""

    seed: int
    steps: int
    checked: int
    agreed: int
    wrong: int
    families: tuple[Family, ...]
    proved: int
    orders: int
    times: Times
    passed: bool


class Found(Message):
    """One order's plan, what the rule of thumb costs, and how long the plan took."""

    plan: CartonPlan
    sound: bool
    thumb_minor: int
    took: Took


def run(seed: int, checked: int, measured: int, steps: int) -> Scorecard:
    """Make, pack, check, measure. The same seed gives the same orders, and the same steps the same plans."""
    chance = random.Random(seed)
    cells, agreed, wrong = [], 0, 0
    for _ in range(checked):
        items, catalogue = in_cells(chance)
        one = look(items, catalogue, steps)
        same = one.plan.cost_minor == cheapest_minor(items, catalogue, CELL_MM)
        agreed += one.plan.proved and same
        wrong += one.plan.proved and not same
        cells.append(one)
    boxes = bench()
    found = {
        "in cells": cells,
        "ordinary": [look(ordinary(chance), boxes, steps) for _ in range(measured)],
        "tight": [look(tight(chance), boxes, steps) for _ in range(measured)],
    }
    families = tuple(_family(name, plans) for name, plans in found.items() if plans)
    every = [one for plans in found.values() for one in plans]
    return Scorecard(
        seed=seed,
        steps=steps,
        checked=checked,
        agreed=agreed,
        wrong=wrong,
        families=families,
        proved=sum(one.proved for one in families),
        orders=len(every),
        times=times([one.took for one in every], TARGET_P95_MS),
        passed=wrong == 0 and agreed == checked and all(one.unsound == one.dearer == 0 for one in families),
    )


def look(items: Sequence[Item], catalogue: Catalogue, steps: int) -> Found:
    """One order."""
    plan, took = timed(partial(cheapest_cartons, items, catalogue, steps))
    return Found(
        plan=plan,
        sound=not faults(items, catalogue, plan),
        thumb_minor=first_fit_minor(items, catalogue),
        took=took,
    )


def faults(items: Sequence[Item], catalogue: Catalogue, plan: CartonPlan) -> list[str]:
    """What is wrong with a plan, looked at as a person would: each piece once, turned as it may be, inside, nothing in one place."""
    held = {one.item_id: one for one in items}
    placed = sorted(one.item_id for box in plan.boxes for one in box.placements)
    found = [] if placed == sorted(held) else ["pieces are missing or stand twice"]
    if plan.cost_minor != sum(box.cost_minor for box in plan.boxes):
        found.append("the cost is not that of the boxes")
    return found + [said for box in plan.boxes for said in _box_faults(held, catalogue, box)]


def _box_faults(held: dict[str, Item], catalogue: Catalogue, packed: PackedBox) -> list[str]:
    box = next(one for one in catalogue.boxes if one.code == packed.code)
    content = sum(held[one.item_id].weight_g for one in packed.placements)
    found = []
    if content > box.max_weight_g or packed.weight_g != content + box.tare_g:
        found.append(f"{box.code}: {content} g")
    if packed.cost_minor != catalogue.cost_minor(box, content):
        found.append(f"{box.code}: costs {packed.cost_minor}")
    for nth, one in enumerate(packed.placements):
        item = held[one.item_id]
        turned = sorted(one.size_mm) == sorted(item.size_mm)
        if not turned or (item.upright and one.size_mm[2] != item.size_mm[2]):
            found.append(f"{one.item_id}: lies as {one.size_mm}")
        ends = [at + size for at, size in zip(one.at_mm, one.size_mm, strict=True)]
        if min(one.at_mm) < 0 or any(end > most for end, most in zip(ends, box.inner_mm, strict=True)):
            found.append(f"{one.item_id}: sticks out")
        for other in packed.placements[:nth]:
            beside = [
                a >= b + size or b >= end
                for a, end, b, size in zip(one.at_mm, ends, other.at_mm, other.size_mm, strict=True)
            ]
            if not any(beside):
                found.append(f"{one.item_id}: shares space with {other.item_id}")
            # What goes in later from above must not lie under what is there already.
            if not any(beside[:2]) and one.at_mm[2] < other.at_mm[2] + other.size_mm[2]:
                found.append(f"{one.item_id}: goes in under {other.item_id}")
    return found


def _family(name: str, plans: Sequence[Found]) -> Family:
    thumb, ours = sum(one.thumb_minor for one in plans), sum(one.plan.cost_minor for one in plans)
    steps = sorted(one.plan.steps for one in plans)
    return Family(
        name=name,
        orders=len(plans),
        proved=sum(one.plan.proved for one in plans),
        unsound=sum(not one.sound for one in plans),
        dearer=sum(one.plan.cost_minor > one.thumb_minor for one in plans),
        several=sum(len(one.plan.boxes) > 1 for one in plans),
        dearer_by=round(thumb / ours - 1, 4),
        cheaper=sum(one.plan.cost_minor < one.thumb_minor for one in plans),
        steps_p95=steps[min(len(steps) * 95 // 100, len(steps) - 1)],
        times=times([one.took for one in plans], TARGET_P95_MS),
    )
