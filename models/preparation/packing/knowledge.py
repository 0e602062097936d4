"""What is known at one node of the search, and what follows from it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from models.preparation.packing.offsets import Matrix, nothing_known, push
from models.preparation.packing.traits import FACES, Traits, capacities, traits_of
from models.preparation.packing.turning import Size

Pair = tuple[int, int]
ALL_SIDES = 0b111111
# Side 2 * axis: the pair's first piece lies before the second on that axis; 2 * axis + 1: behind it.


@dataclass(slots=True)
class Node:
    """One node. `kept`: the ways of each piece, as bits; `undecided`: the sides that a pair may still take, as bits.

    `after[axis * pieces + n]`: the pieces that were decided to lie behind piece n. In `offsets` piece n is point n + 1.
    """

    offsets: list[Matrix]
    kept: list[int]
    least: list[Size]
    most: list[Size]
    undecided: dict[Pair, int]
    after: list[tuple[int, ...]]

    def copy(self) -> "Node":
        """Another node that knows the same."""
        x, y, z = self.offsets
        return Node(
            [x[:], y[:], z[:]],
            self.kept[:],
            self.least[:],
            self.most[:],
            self.undecided.copy(),
            self.after[:],
        )


class Weights:
    """How many contradictions each pair led to, and all pairs of each piece, plus one: what is hard is decided first."""

    def __init__(self, pieces: int) -> None:
        self.of_pair = dict.fromkeys(combinations(range(pieces), 2), 1)
        self.of_piece = [1.0] * pieces

    def blame(self, pair: Pair) -> None:
        """A pair has no side left. A piece's weight is the mean of its pairs'."""
        self.of_pair[pair] += 1
        for nth in pair:
            self.of_piece[nth] += 1 / (len(self.of_piece) - 1)


class Board:
    """Pieces and box of one search, and what follows from what."""

    def __init__(self, ways: Sequence[Sequence[Size]], inner: Size, weights: Weights) -> None:
        self.ways, self.inner, self.weights = ways, inner, weights
        self.pieces, self.points = len(ways), len(ways) + 1
        self.across = tuple(inner[one] * inner[other] for one, other in FACES)
        self._caps = capacities(inner)
        self._traits: list[dict[int, Traits]] = [{} for _ in ways]

    def first(self) -> Node | None:
        """The node at which nothing is decided; None when a piece does not fit alone."""
        if not all(self.ways):
            return None
        pairs = list(combinations(range(self.pieces), 2))
        node = Node(
            offsets=[nothing_known(self.points) for _ in range(3)],
            kept=[0] * self.pieces,
            least=[(0, 0, 0)] * self.pieces,
            most=[(0, 0, 0)] * self.pieces,
            undecided=dict.fromkeys(pairs, ALL_SIDES),
            after=[()] * (3 * self.pieces),
        )
        every = ((1 << len(one)) - 1 for one in self.ways)
        fits = all(self.narrow(node, nth, kept) for nth, kept in enumerate(every))
        return node if fits and all(self._ordered(node, *pair) for pair in pairs) else None

    def _ordered(self, node: Node, one: int, other: int) -> bool:
        """Of equal pieces the first begins no further to the right: swapped, any arrangement becomes such a one."""
        if self.ways[one] != self.ways[other]:
            return True
        return push(node.offsets[0], self.points, one + 1, other + 1, 0)

    def narrow(self, node: Node, nth: int, kept: int) -> bool:
        """Keep only these ways of a piece. False when that cannot be."""
        traits = self._of(nth, kept)
        node.kept[nth], node.most[nth] = kept, traits.most
        if traits.least == node.least[nth]:
            return True
        node.least[nth] = traits.least
        for axis in range(3):
            length, matrix = traits.least[axis], node.offsets[axis]
            free = self.inner[axis] - length
            # A box may be looked at from the other side: the first piece's middle lies in the nearer half.
            if not push(matrix, self.points, nth + 1, 0, -free if nth else -(free // 2)):
                return False
            for other in node.after[axis * self.pieces + nth]:
                if not push(matrix, self.points, nth + 1, other + 1, length):
                    return False
        return True

    def part(self, node: Node, pair: Pair, side: int) -> bool:
        """Decide that a pair lies apart on this side. False when that cannot be."""
        axis, (one, other) = side >> 1, pair if not side & 1 else pair[::-1]
        node.after[axis * self.pieces + one] += (other,)
        return push(node.offsets[axis], self.points, one + 1, other + 1, node.least[one][axis])

    def exclude(self, node: Node, pair: Pair, side: int) -> bool:
        """Decide that a pair does not lie apart on this side. False when that cannot be."""
        axis, (one, other) = side >> 1, pair if not side & 1 else pair[::-1]
        node.undecided[pair] &= ~(1 << side)
        return push(node.offsets[axis], self.points, other + 1, one + 1, 1 - node.most[one][axis])

    def room(self, node: Node, pair: Pair, side: int) -> float:
        """How much play a pair keeps on this side, as a share of the box."""
        axis, (one, other) = side >> 1, pair if not side & 1 else pair[::-1]
        play = -node.offsets[axis][(other + 1) * self.points + one + 1] - node.least[one][axis]
        return play / self.inner[axis]

    def conclude(self, node: Node) -> bool:
        """Everything that follows from what is known. False when it contradicts itself."""
        changed = True
        while changed:
            turned = self._turn(node)
            if turned is None:
                return False
            parted = self._part_forced(node)
            if parted is None:
                return False
            changed = turned or parted
        return self._spread(node) and self._volumes(node)

    def _turn(self, node: Node) -> bool | None:
        """Drop ways that are too long for the play a piece has; whether some were, None when all were."""
        changed = False
        for nth, kept in enumerate(node.kept):
            if not kept & kept - 1:
                continue
            long, wide, high = self._play(node, nth, 0), self._play(node, nth, 1), self._play(node, nth, 2)
            a, b, c = node.most[nth]
            if a <= long and b <= wide and c <= high:
                continue
            left = 0
            for way, (a, b, c) in enumerate(self.ways[nth]):
                if kept >> way & 1 and a <= long and b <= wide and c <= high:
                    left |= 1 << way
            if left != kept:
                if not left or not self.narrow(node, nth, left):
                    return None
                changed = True
        return changed

    def _play(self, node: Node, nth: int, axis: int) -> int:
        """From where a piece begins at the earliest to where it must end at the latest."""
        matrix, points, end = node.offsets[axis], self.points, self.inner[axis]
        for other in node.after[axis * self.pieces + nth]:
            latest = -matrix[(other + 1) * points]
            if latest < end:
                end = latest
        return end - matrix[nth + 1]

    def _part_forced(self, node: Node) -> bool | None:
        """Drop sides that a pair cannot take, decide pairs with one side left; whether some were, None: a pair has none."""
        changed, points = False, self.points
        x, y, z = node.offsets
        for pair, sides in list(node.undecided.items()):
            one, other = pair
            there, back = (one + 1) * points + other + 1, (other + 1) * points + one + 1
            (a, b, c), (d, e, f) = node.most[one], node.most[other]
            if (
                x[there] >= a
                or y[there] >= b
                or z[there] >= c
                or x[back] >= d
                or y[back] >= e
                or z[back] >= f
            ):
                del node.undecided[pair]  # they lie apart already
                continue
            (a, b, c), (d, e, f) = node.least[one], node.least[other]
            left = sides & (
                (x[back] <= -a)
                | (x[there] <= -d) << 1
                | (y[back] <= -b) << 2
                | (y[there] <= -e) << 3
                | (z[back] <= -c) << 4
                | (z[there] <= -f) << 5
            )
            if not left & left - 1:
                if not left or not self.part(node, pair, left.bit_length() - 1):
                    self.weights.blame(pair)
                    return None
                del node.undecided[pair]
                changed = True
            elif left != sides:
                node.undecided[pair] = left
        return changed

    def _spread(self, node: Node) -> bool:
        """Pieces that all lie across one plane, wherever they are pushed, have room beside each other in it."""
        for axis in range(3):
            matrix = node.offsets[axis]
            spans = []
            for nth, kept in enumerate(node.kept):
                begin, end = -matrix[(nth + 1) * self.points], matrix[nth + 1] + node.least[nth][axis]
                if begin < end:
                    spans.append((begin, end, self._of(nth, kept).faces[axis]))
            for plane, _, _ in spans:
                if sum(face for begin, end, face in spans if begin <= plane < end) > self.across[axis]:
                    return False
        return True

    def _volumes(self, node: Node) -> bool:
        """No scaled volume exceeds the box."""
        loads = (self._of(nth, kept).loads for nth, kept in enumerate(node.kept))
        return all(map(int.__le__, map(sum, zip(*loads, strict=True)), self._caps))

    def _of(self, nth: int, kept: int) -> Traits:
        """The traits of these ways of a piece, computed once."""
        known = self._traits[nth]
        if kept not in known:
            ways = [one for way, one in enumerate(self.ways[nth]) if kept >> way & 1]
            known[kept] = traits_of(ways, self.inner)
        return known[kept]
