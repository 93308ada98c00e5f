"""Views of a network: volumes, the graph of its blocks, or a single block."""

from dataclasses import dataclass, replace

from cnnviz.analysis.folding import Folded, Folding, Shown

# How many items a picture shows before anyone opens a block: what a projector has room for.
BUDGETS = {"volumes": 100, "graph": 40, "block": 40}


@dataclass(frozen=True)
class View:
    """The part of a network that is shown, and how.

    Attributes:
        kind: "volumes", "graph" or "block"; a key of ``BUDGETS``.
        block: Path of the block that is shown alone; "" is the most telling one.
        full: Whether the graph draws repeated blocks one by one, with all their connections.
        toggled: Blocks that are not as the picture opens them by itself.
    """

    kind: str = "volumes"
    block: str = ""
    full: bool = False
    toggled: frozenset[str] = frozenset()

    def of(self, folding: Folding) -> Folded:
        """Fold a network as this view shows it."""
        is_block = self.kind == "block"
        within = folding.blocks.get(self.block) or folding.anatomies()[0] if is_block else None
        shown = Shown(not is_block, self.kind == "volumes", within)
        # Unfolding the repeats opens no more blocks than folding them does.
        opened = folding.opened(BUDGETS[self.kind], shown)
        shown = replace(shown, repeated=shown.repeated and not self.full)
        return folding.fold(opened ^ self.toggled & folding.blocks.keys(), shown)
