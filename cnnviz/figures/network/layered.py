"""A layered drawing of a directed graph: ranks along the flow, branches as lanes, skips as arcs.

After Sugiyama, Tagawa, Toda 1981, for graphs whose order is known: an item's rank is its longest
path from the input; a link that passes over ranks holds a lane there, unless another path leads
the same way, when it is a skip connection and becomes an arc.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Link = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Where items and links lie, in pixels: along the flow and across it.

    Attributes:
        centres: Centre (along, across) of every item; the trunk is at 0 across.
        ranks: Rank of every item, 0 for the input.
        lanes: Of each link that is no skip: its points, from source to target.
        skips: The links that pass over another path.
    """

    centres: tuple[Point, ...]
    ranks: tuple[int, ...]
    lanes: tuple[tuple[Link, tuple[Point, ...]], ...]
    skips: tuple[Link, ...]


def layered(
    sizes: Sequence[Point],
    links: Sequence[Link],
    before: Sequence[float],
    across: float,
    apart: Sequence[int] = (),
) -> Layout:
    """The layout of items given in an order in which every source precedes its targets.

    Args:
        sizes: Extent (along, across) of every item.
        links: Pairs (source, target) of items.
        before: Gap in pixels that each item wants between its rank and the one before.
        across: Gap between lanes.
        apart: Lengths of the chains of items, the last ones, that lie below all others: auxiliary
            heads.
    """
    ranks = _ranks(len(sizes), links)
    skips = _skips(len(sizes), links)
    lanes = [link for link in links if link not in skips]
    main = len(sizes) - sum(apart)
    columns = _columns(ranks[:main], [link for link in lanes if link[1] < main])
    offsets = _offsets(sizes, columns, _branching(links), across)
    _add_apart(offsets, sizes, ranks, apart, across)
    starts = _starts(sizes, ranks, before)
    centres = tuple((starts[ranks[i]], offsets[(i,)]) for i in range(len(sizes)))
    paths = tuple((link, _path(link, ranks, centres, starts, offsets)) for link in lanes)
    return Layout(centres, ranks, paths, tuple(sorted(skips)))


# An item in a rank is (item,); a link that passes through a rank is (source, target, rank).
_Key = tuple[int, ...]


def _ranks(count: int, links: Sequence[Link]) -> tuple[int, ...]:
    ranks = [0] * count
    for source, target in sorted(links, key=lambda link: link[1]):
        ranks[target] = max(ranks[target], ranks[source] + 1)
    return tuple(ranks)


def _skips(count: int, links: Sequence[Link]) -> set[Link]:
    """Links beside which another path leads from the source to the target."""
    inputs: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        inputs[target].append(source)
    ancestors = [0] * count  # sets of items as the bits of a number
    skips = set()
    for target, sources in enumerate(inputs):
        above = 0
        for source in sources:
            above |= ancestors[source]
        skips |= {(source, target) for source in sources if above >> source & 1}
        for source in sources:
            above |= 1 << source
        ancestors[target] = above
    return skips


def _columns(ranks: Sequence[int], lanes: Sequence[Link]) -> list[list[_Key]]:
    """What lies in each rank, side by side, ordered so that lanes do not cross."""
    columns: list[list[_Key]] = [[] for _ in range(max(ranks) + 1)]
    parents: dict[_Key, list[_Key]] = {(i,): [] for i in range(len(ranks))}
    for source, target in lanes:
        before: _Key = (source,)
        for rank in range(ranks[source] + 1, ranks[target]):
            key = (source, target, rank)
            columns[rank].append(key)
            parents[key] = [before]
            before = key
        parents[(target,)].append(before)
    for item, rank in enumerate(ranks):
        columns[rank].append((item,))
    place: dict[_Key, float] = {}
    for column in columns:
        column.sort(key=lambda key: (_mean([place[p] for p in parents[key]]), key[0], *key[1:]))
        place |= {key: index - (len(column) - 1) / 2 for index, key in enumerate(column)}
    return columns


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _branching(links: Sequence[Link]) -> set[int]:
    readers = Counter(source for source, _ in links)
    return {item for item, count in readers.items() if count > 1}


def _offsets(
    sizes: Sequence[Point], columns: Sequence[Sequence[_Key]], branching: set[int], gap: float
) -> dict[_Key, float]:
    """Centres across the flow: every rank is stacked and centred at 0.

    A lane that passes is as wide as its source, so that branches run straight; where it comes from
    the trunk it is a line.
    """
    offsets = {}
    for column in columns:
        widths = [
            gap / 2 if len(key) > 1 and key[0] in branching else sizes[key[0]][1] for key in column
        ]
        edge = -(sum(widths) + gap * (len(widths) - 1)) / 2
        for key, width in zip(column, widths, strict=True):
            offsets[key] = edge + width / 2
            edge += width + gap
    return offsets


def _add_apart(
    offsets: dict[_Key, float],
    sizes: Sequence[Point],
    ranks: Sequence[int],
    chains: Sequence[int],
    gap: float,
) -> None:
    """Put chains of items below all others, side by side where they would meet."""
    edge = max(o + (sizes[k[0]][1] / 2 if len(k) == 1 else 0) for k, o in offsets.items())
    first, taken = len(sizes) - sum(chains), -1
    offset = 0.0
    for length in chains:
        chain = range(first, first + length)
        width = max(sizes[i][1] for i in chain)
        if ranks[first] <= taken or not offset:
            offset = edge + 2 * gap + width / 2
            edge = offset + width / 2
        offsets |= {(item,): offset for item in chain}
        first, taken = first + length, ranks[chain[-1]]


def _starts(
    sizes: Sequence[Point], ranks: Sequence[int], before: Sequence[float]
) -> dict[int, float]:
    lengths: dict[int, float] = {}
    gaps: dict[int, float] = {}
    for (length, _), gap, rank in zip(sizes, before, ranks, strict=True):
        lengths[rank] = max(lengths.get(rank, 0), length)
        gaps[rank] = max(gaps.get(rank, 0), gap)
    centres, edge = {}, -gaps[0]
    for rank in sorted(lengths):
        centres[rank] = edge + gaps[rank] + lengths[rank] / 2
        edge = centres[rank] + lengths[rank] / 2
    return centres


def _path(
    link: Link,
    ranks: Sequence[int],
    centres: Sequence[Point],
    starts: dict[int, float],
    offsets: dict[_Key, float],
) -> tuple[Point, ...]:
    source, target = link
    between = [
        (starts[rank], offsets[(source, target, rank)])
        for rank in range(ranks[source] + 1, ranks[target])
        if (source, target, rank) in offsets
    ]
    return (centres[source], *between, centres[target])
