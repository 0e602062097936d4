"""A block of parallel aisles between two cross aisles, what is picked in it, and the walk through it. Lengths are millimetres."""

from collections.abc import Iterable, Sequence

from models.shared.errors import Problem, Refused
from models.shared.messages import Message

LONGEST_MM = 1_000_000
Place = tuple[int, int]


class Block(Message):
    """Aisles 0 to `aisles` - 1, from the front cross aisle (offset 0) to the back one (offset `aisle_mm`).

    `pitch_mm`: from one aisle to the next, along either cross aisle. The depot is at the front of aisle `depot_aisle`. An aisle is so
    narrow that both its shelves are picked from its middle.
    """

    aisles: int
    aisle_mm: int
    pitch_mm: int
    depot_aisle: int = 0


class Pick(Message):
    """What is taken at one place; several picks may share a place. Weight in grams, volume in cubic millimetres, of all pieces."""

    pick_id: str
    aisle: int
    offset_mm: int
    weight_g: int = 0
    volume_mm3: int = 0


class Stop(Message):
    """A place where a hand picks: what, and how far it has walked by then."""

    aisle: int
    offset_mm: int
    picks: tuple[str, ...]
    walked_mm: int


class Tour(Message):
    """A walk from the depot and back to it. `stops` is the pick list in the order of the walk; `corners` draw it: the places at which
    it turns, as (aisle, offset in mm)."""

    length_mm: int
    stops: tuple[Stop, ...]
    corners: tuple[Place, ...]


def refuse_faults(block: Block, picks: Sequence[Pick]) -> None:
    """Raises `Refused` with every fault of the block and the picks."""
    problems = block_faults(block)
    problems += pick_faults(block, picks, "/picks")
    if problems:
        raise Refused(problems)


def block_faults(block: Block) -> list[Problem]:
    """What is wrong with a block."""
    found = []
    if block.aisles < 1:
        found.append(_fault("/block/aisles", "no_aisle", f"{block.aisles} aisles", "give 1 or more"))
    for name, value in (("aisle_mm", block.aisle_mm), ("pitch_mm", block.pitch_mm)):
        if not 0 < value <= LONGEST_MM:
            fix = f"give 1 to {LONGEST_MM} mm"
            found.append(_fault(f"/block/{name}", "length_out_of_range", f"{value} mm", fix))
    if not 0 <= block.depot_aisle < max(block.aisles, 1):
        detail = f"there is no aisle {block.depot_aisle}"
        fix = f"give 0 to {max(block.aisles, 1) - 1}"
        found.append(_fault("/block/depot_aisle", "aisle_unknown", detail, fix))
    return found


def pick_faults(block: Block, picks: Iterable[Pick], at: str) -> list[Problem]:
    """What is wrong with picks of a block; `at` is the pointer of their list."""
    found: list[Problem] = []
    seen: set[str] = set()
    for nth, pick in enumerate(picks):
        if not pick.pick_id or pick.pick_id in seen:
            said = f"'{pick.pick_id}' stands twice" if pick.pick_id else "is empty"
            fix = "give each pick its own id"
            found.append(_fault(f"{at}/{nth}/pick_id", "pick_id_not_unique", said, fix))
        seen.add(pick.pick_id)
        inside = 0 <= pick.aisle < block.aisles and 0 <= pick.offset_mm <= block.aisle_mm
        if not inside or pick.weight_g < 0 or pick.volume_mm3 < 0:
            found += _place_faults(block, pick, f"{at}/{nth}")
    return found


def _place_faults(block: Block, pick: Pick, at: str) -> list[Problem]:
    found = []
    if not 0 <= pick.aisle < block.aisles:
        said = f"there is no aisle {pick.aisle}"
        found.append(_fault(f"{at}/aisle", "aisle_unknown", said, f"give 0 to {block.aisles - 1}"))
    if not 0 <= pick.offset_mm <= block.aisle_mm:
        said = f"{pick.offset_mm} mm lies outside the aisle"
        fix = f"give 0 to {block.aisle_mm} mm from the front"
        found.append(_fault(f"{at}/offset_mm", "offset_out_of_range", said, fix))
    for name, value in (("weight_g", pick.weight_g), ("volume_mm3", pick.volume_mm3)):
        if value < 0:
            found.append(_fault(f"{at}/{name}", "negative", f"{value}", "give 0 or more"))
    return found


def _fault(pointer: str, code: str, detail: str, fix: str) -> Problem:
    return Problem(pointer=pointer, code=code, detail=detail, fix=fix)
