"""What any plan costs at least, and what each node adds to that. Pure.

Dual ascent for facility location (Erlenkotter, "A Dual-Based Procedure for Uncapacitated Facility Location", 1978): every SKU bids for
being served, as long as no node gets more than it costs to send from there. Bids together are a lower bound, and a plan with a
node costs at least the bids and what is still lacking for that node.
"""

from collections.abc import Sequence

# Of one SKU: what all its pieces cost from a node that has it, and the node; cheapest first.
Levels = Sequence[tuple[int, int]]


def dual_bound(entry: Sequence[int], skus: Sequence[Levels]) -> tuple[int, list[int]]:
    """The bids together, and what is lacking for each node (`entry` less the bids for it). Every SKU has a level."""
    lacking = list(entry)
    bids = [levels[0][0] for levels in skus]
    reached = [0] * len(skus)  # how many nodes a SKU bids for, or could at no cost
    active = list(range(len(skus)))
    while active:
        still = []
        for sku in active:
            levels = skus[sku]
            while reached[sku] < len(levels) and levels[reached[sku]][0] <= bids[sku]:
                reached[sku] += 1
            within = levels[: reached[sku]]
            raised = min(lacking[node] for _, node in within)
            if reached[sku] < len(levels):
                raised = min(raised, levels[reached[sku]][0] - bids[sku])
            if raised:
                bids[sku] += raised
                for _, node in within:
                    lacking[node] -= raised
                still.append(sku)
        active = still
    return sum(bids), lacking
