"""Whether pieces fit a box, by exact search. Pure.

Two pieces in a box lie beside each other on some axis: one is left of the other, or right, before, behind, below, above. Choosing
one of the six for every pair, and a way to lie for every piece, is choosing everything: the pieces then fit if and only if no row on any
axis is longer than the box. A choice that was tried in vain is excluded in what is tried next, so nothing is looked at twice and
nothing is left out. No grid and no list of corners is assumed, so arrangements that interlock are found, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.preparation.packing.effort import Effort
from models.preparation.packing.knowledge import Board, Node, Pair, Weights
from models.preparation.packing.turning import Size, volume

# A way to lie counts so much more than a side: parting pieces by the least that they may be long makes most ways fall by themselves,
# unless there are few. Found by trying; any value is exact.
_TURN = 1.5


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a piece begins, and which of its ways it lies."""

    at: Size
    way: int


class Search:
    """One question: do pieces with these ways to lie fit a box of this size? Piece 0 should be the largest.

    Its weights outlast a search that ran out of effort, so that the next one begins where it hurts.
    """

    def __init__(self, ways: Sequence[Sequence[Size]], inner: Size) -> None:
        self.ways, self.inner = ways, inner
        self.weights = Weights(len(ways))

    def run(self, effort: Effort) -> tuple[Spot, ...] | None:
        """Spots for all pieces, or None: there are none. Raises `OutOfEffort`."""
        board = Board(self.ways, self.inner, self.weights)
        first = board.first()
        return self._look(board, first, effort) if first else None

    def _look(self, board: Board, node: Node, effort: Effort) -> tuple[Spot, ...] | None:
        """Everything below one node."""
        effort.spend()
        if not board.conclude(node):
            return None
        choice = self._choice(node)
        if choice is None:
            return self._spots(node)
        below = (
            self._turnings(board, node, choice)
            if isinstance(choice, int)
            else self._sides(board, node, choice)
        )
        for child in below:
            if found := self._look(board, child, effort):
                return found
        return None

    def _choice(self, node: Node) -> int | Pair | None:
        """What is decided next: a pair to part or a piece to turn; the fewest options for its weight, then the largest."""
        best: tuple[float, int] | None = None
        found: int | Pair | None = None
        for pair, sides in node.undecided.items():
            both = volume(node.least[pair[0]]) + volume(node.least[pair[1]])
            key = (sides.bit_count() / self.weights.of_pair[pair], -both)
            if best is None or key < best:
                best, found = key, pair
        for nth, options in enumerate(node.kept):
            if options & options - 1:
                key = (_TURN * options.bit_count() / self.weights.of_piece[nth], -volume(node.least[nth]))
                if best is None or key < best:
                    best, found = key, nth
        return found

    def _turnings(self, board: Board, node: Node, nth: int) -> Iterator[Node]:
        """One child for each way that a piece may lie."""
        for way in range(node.kept[nth].bit_length()):
            if node.kept[nth] >> way & 1:
                child = node.copy()
                if board.narrow(child, nth, 1 << way):
                    yield child

    def _sides(self, board: Board, node: Node, pair: Pair) -> Iterator[Node]:
        """One child for each side of a pair, tightest first; what was tried is excluded from the next."""
        tried = node.copy()
        sides = node.undecided[pair]
        for side in sorted(
            (one for one in range(6) if sides >> one & 1), key=lambda one: board.room(node, pair, one)
        ):
            child = tried.copy()
            del child.undecided[pair]
            if board.part(child, pair, side):
                yield child
            if not board.exclude(tried, pair, side):
                return

    def _spots(self, node: Node) -> tuple[Spot, ...]:
        """Everything pushed as far to the left, the front and the bottom as what was decided lets it."""
        x, y, z = node.offsets
        return tuple(
            Spot(at=(x[point], y[point], z[point]), way=options.bit_length() - 1)
            for point, options in enumerate(node.kept, 1)
        )
