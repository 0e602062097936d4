"""Boxes for more pieces than can be shared out by proof: the largest piece first, each where it adds least to the cost. Pure."""

from models.preparation.packing.fit import Verdict
from models.preparation.packing.shares import Share, Shares
from models.preparation.packing.turning import volume


def first_fit(shares: Shares) -> list[Share]:
    """Every piece in a box; a piece that fits alone has always a box of its own to go to."""
    opened: list[tuple[int, tuple[int, int]]] = []
    order = sorted(shares.members(shares.every), key=lambda nth: (-volume(shares.items[nth].size_mm), nth))
    for piece in order:
        tries = [(nth, share | 1 << piece, cost) for nth, (share, (cost, _)) in enumerate(opened)]
        tries.append((len(opened), 1 << piece, 0))
        options = [
            (home[0] - before, nth, share, home)
            for nth, share, before in tries
            if (home := _home(shares, share))
        ]
        _, nth, share, home = min(options)
        opened[nth : nth + 1] = [(share, home)]
    return [shares.share(share, *home) for share, home in opened]


def _home(shares: Shares, share: int) -> tuple[int, int] | None:
    """(cost, box) of the cheapest box that is found to take a share."""
    named = shares.named(share)
    return next(
        (one for one in shares.candidates(named) if shares.packed(named, one[1]) is Verdict.FITS), None
    )
