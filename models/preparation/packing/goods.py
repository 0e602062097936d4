"""What is packed and into what, and what is wrong with it. Lengths are millimetres, weights grams, money minor units."""

from collections.abc import Sequence

from models.preparation.packing.turning import Size, fits_alone
from models.shared.errors import Problem, Refused
from models.shared.messages import Message

LONGEST_MM = 10_000


class Item(Message):
    """One piece. `size_mm`: length, width, height as it stands; `upright`: it may be turned on its foot, never laid on a side."""

    item_id: str
    size_mm: Size
    weight_g: int = 0
    upright: bool = False


class Box(Message):
    """One kind of box. `inner_mm` and `outer_mm`: length, width, height; the opening is on top. `outer_mm` None: thin walls.

    `max_weight_g` is what it carries without its own `tare_g`; `cost_minor` is material and work.
    """

    code: str
    inner_mm: Size
    outer_mm: Size | None = None
    tare_g: int = 0
    max_weight_g: int
    cost_minor: int


class Freight(Message):
    """What a carrier takes for a parcel: base plus every started kilogram of what weighs more, the parcel or its volume.

    `cm3_per_kg`: how much volume counts as a kilogram (dimensional weight); 0: volume does not count.
    """

    base_minor: int = 0
    per_kg_minor: int = 0
    cm3_per_kg: int = 5_000

    def price_minor(self, box: Box, content_g: int) -> int:
        """Price of one parcel."""
        weight_g = box.tare_g + content_g
        if self.cm3_per_kg:
            length, width, height = box.outer_mm or box.inner_mm
            weight_g = max(weight_g, -(-length * width * height // self.cm3_per_kg))
        return self.base_minor + self.per_kg_minor * -(-weight_g // 1000)


class Catalogue(Message):
    """The boxes that a bench has, and the freight; all in one currency (ISO 4217)."""

    boxes: tuple[Box, ...]
    freight: Freight = Freight()
    currency: str = "EUR"

    def cost_minor(self, box: Box, content_g: int) -> int:
        """What one box costs with its freight."""
        return box.cost_minor + self.freight.price_minor(box, content_g)


def refuse_faults(items: Sequence[Item], catalogue: Catalogue) -> None:
    """Raises `Refused` with every fault of the items and the catalogue."""
    problems = [*_item_faults(items), *_box_faults(catalogue), *_freight_faults(catalogue.freight)]
    if not any(one.pointer.startswith("/catalogue") for one in problems):
        problems += _homeless(items, catalogue)
    if problems:
        raise Refused(problems)


def _item_faults(items: Sequence[Item]) -> list[Problem]:
    found = [] if items else [_fault("/items", "nothing_to_pack", "no item", "give 1 or more")]
    seen: set[str] = set()
    for nth, item in enumerate(items):
        at = f"/items/{nth}"
        if not item.item_id or item.item_id in seen:
            said = f"'{item.item_id}' stands twice" if item.item_id else "is empty"
            found.append(_fault(f"{at}/item_id", "item_id_not_unique", said, "give each piece its own id"))
        seen.add(item.item_id)
        found += _size_faults(f"{at}/size_mm", item.size_mm)
        found += _negative(f"{at}/weight_g", item.weight_g)
    return found


def _box_faults(catalogue: Catalogue) -> list[Problem]:
    at, found, seen = "/catalogue/boxes", [], set()
    if not catalogue.boxes:
        found.append(_fault(at, "no_box", "no box", "give 1 or more"))
    for nth, box in enumerate(catalogue.boxes):
        here = f"{at}/{nth}"
        if not box.code or box.code in seen:
            said = f"'{box.code}' stands twice" if box.code else "is empty"
            found.append(_fault(f"{here}/code", "box_code_not_unique", said, "give each box its own code"))
        seen.add(box.code)
        found += _size_faults(f"{here}/inner_mm", box.inner_mm)
        if box.outer_mm:
            found += _size_faults(f"{here}/outer_mm", box.outer_mm)
            if any(outer < inner for outer, inner in zip(box.outer_mm, box.inner_mm, strict=True)):
                detail = f"{_shown(box.outer_mm)} is smaller than inside"
                fix = f"give {_shown(box.inner_mm)} or more"
                found.append(_fault(f"{here}/outer_mm", "smaller_outside", detail, fix))
        if box.max_weight_g < 1:
            said = f"{box.max_weight_g} g"
            found.append(_fault(f"{here}/max_weight_g", "not_positive", said, "give 1 or more"))
        found += _negative(f"{here}/tare_g", box.tare_g)
        found += _negative(f"{here}/cost_minor", box.cost_minor)
    return found


def _freight_faults(freight: Freight) -> list[Problem]:
    said = {
        "base_minor": freight.base_minor,
        "per_kg_minor": freight.per_kg_minor,
        "cm3_per_kg": freight.cm3_per_kg,
    }
    return [one for name, value in said.items() for one in _negative(f"/catalogue/freight/{name}", value)]


def _homeless(items: Sequence[Item], catalogue: Catalogue) -> list[Problem]:
    """Items that fit no box, or only boxes that do not carry them."""
    found = []
    for nth, item in enumerate(items):
        if _size_faults("", item.size_mm):
            continue
        homes = [box for box in catalogue.boxes if fits_alone(item.size_mm, item.upright, box.inner_mm)]
        if not homes:
            turned = " standing" if item.upright else ""
            detail = f"{_shown(item.size_mm)} fits no box{turned}"
            fix = "send it in its own packing, or add a larger box"
            found.append(_fault(f"/items/{nth}/size_mm", "fits_no_box", detail, fix))
        elif (most := max(box.max_weight_g for box in homes)) < item.weight_g:
            detail = f"{item.weight_g} g, and the boxes that it fits carry {most} g"
            fix = "send it in its own packing, or add a stronger box"
            found.append(_fault(f"/items/{nth}/weight_g", "too_heavy", detail, fix))
    return found


def _size_faults(at: str, size: Size) -> list[Problem]:
    fix = f"give 1 to {LONGEST_MM} mm"
    return [
        _fault(f"{at}/{axis}", "size_out_of_range", f"{length} mm", fix)
        for axis, length in enumerate(size)
        if not 0 < length <= LONGEST_MM
    ]


def _negative(at: str, value: int) -> list[Problem]:
    return [_fault(at, "negative", f"{value}", "give 0 or more")] if value < 0 else []


def _shown(size: Size) -> str:
    return " × ".join(map(str, size)) + " mm"


def _fault(pointer: str, code: str, detail: str, fix: str) -> Problem:
    return Problem(pointer=pointer, code=code, detail=detail, fix=fix)
