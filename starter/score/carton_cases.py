"""Made-up orders to pack, and the boxes of a made-up bench. Lengths in mm, weights in g, money in cents."""

import random

from models.preparation.packing.goods import Box, Catalogue, Freight, Item

MOST = 8
CELL_MM = 50
# Inner length, width, height; what it carries.
_BOXES = (
    (160, 110, 60, 2_000),
    (200, 150, 100, 5_000),
    (250, 175, 100, 5_000),
    (300, 215, 110, 10_000),
    (305, 215, 150, 10_000),
    (350, 250, 140, 15_000),
    (400, 300, 150, 20_000),
    (400, 300, 250, 20_000),
    (450, 350, 180, 20_000),
    (500, 350, 300, 25_000),
    (600, 400, 300, 30_000),
    (600, 400, 400, 30_000),
)
# The same in cells, none over 60 of them: the exact solver goes through a box cell by cell.
_CELL_BOXES = (
    (2, 1, 1), (2, 2, 1), (3, 2, 1), (3, 2, 2), (4, 3, 1), (3, 3, 2), (4, 3, 2), (4, 4, 2), (4, 3, 3), (5, 4, 3),
)  # fmt: skip


def bench() -> Catalogue:
    """Twelve boxes as a parcel bench has them, and a carrier that counts 5,000 cm³ as a kilogram."""
    boxes = tuple(
        Box(
            code=f"B{nth:02}",
            inner_mm=(long, wide, high),
            outer_mm=(long + 8, wide + 8, high + 8),
            tare_g=50 + 40 * nth,
            max_weight_g=carries,
            cost_minor=25 + (long * wide + long * high + wide * high) // 4_000,
        )
        for nth, (long, wide, high, carries) in enumerate(_BOXES, 1)
    )
    return Catalogue(boxes=boxes, freight=Freight(base_minor=390, per_kg_minor=60))


def ordinary(chance: random.Random) -> list[Item]:
    """One to eight pieces from a phone to a small appliance; a quarter must stand, some orders have several of a kind."""
    items: list[Item] = []
    for nth in range(chance.randint(1, MOST)):
        if items and chance.random() < 0.2:
            items.append(items[-1].model_copy(update={"item_id": str(nth)}))
        else:
            longest = [chance.choice((120, 200, 300)) for _ in range(3)]
            items.append(
                Item(
                    item_id=str(nth),
                    size_mm=(
                        chance.randint(30, longest[0]),
                        chance.randint(30, longest[1]),
                        chance.randint(30, longest[2]),
                    ),
                    weight_g=chance.randint(50, 6_000),
                    upright=chance.random() < 0.25,
                )
            )
    return items


def tight(chance: random.Random) -> list[Item]:
    """Eight pieces whose volume is 55 to 85 % of one of the bench's boxes: whether they fit takes thought."""
    while True:
        inner = chance.choice(_BOXES[3:])[:3]
        items = []
        for nth in range(MOST):
            upright = chance.random() < 0.25
            sides = [max(round(chance.uniform(0.2, 0.75) * one), 1) for one in inner]
            if not upright:
                chance.shuffle(sides)
            weight = chance.randint(50, 1_500)
            items.append(
                Item(
                    item_id=str(nth),
                    size_mm=(sides[0], sides[1], sides[2]),
                    weight_g=weight,
                    upright=upright,
                )
            )
        share = sum(_volume(item.size_mm) for item in items) / _volume(inner)
        if 0.55 <= share <= 0.85:
            return items


def in_cells(chance: random.Random) -> tuple[list[Item], Catalogue]:
    """One to eight pieces and ten boxes, all of whole cells; boxes that carry little, so that several are needed at times."""
    boxes = tuple(
        Box(
            code=f"C{nth:02}",
            inner_mm=(long * CELL_MM, wide * CELL_MM, high * CELL_MM),
            tare_g=50,
            max_weight_g=chance.choice((3_000, 8_000, 20_000)) if nth < len(_CELL_BOXES) else 20_000,
            cost_minor=10 + 5 * long * wide * high + chance.randint(0, 40),
        )
        for nth, (long, wide, high) in enumerate(_CELL_BOXES, 1)
    )
    catalogue = Catalogue(
        boxes=boxes, freight=Freight(base_minor=chance.choice((0, 50, 390)), per_kg_minor=60)
    )
    longest = chance.choice(((1, 1, 2, 2, 3), (1, 2, 2, 3, 3)))
    items = [
        Item(
            item_id=str(nth),
            size_mm=(
                chance.choice(longest) * CELL_MM,
                chance.choice(longest) * CELL_MM,
                chance.choice(longest) * CELL_MM,
            ),
            weight_g=chance.randint(50, 4_000),
            upright=chance.random() < 0.25,
        )
        for nth in range(chance.randint(1, MOST))
    ]
    return items, catalogue


def _volume(size: tuple[int, int, int]) -> int:
    return size[0] * size[1] * size[2]
