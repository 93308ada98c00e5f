"""Finds the module whose output or input is a node's value."""

from cnnviz.analysis.graph import NetworkGraph, Node


def read_at(graph: NetworkGraph, node: Node) -> tuple[str, int | None]:
    """The module that has a node's value: its path and the input, or None for its output.

    An operation is no module, but its result is what the next module reads. Where only operations
    read it, its block stands for it.
    """
    if node.module is not None:
        return node.name, None
    index = position(graph, node.name)
    for reader in graph.nodes[index + 1 :]:
        if index in reader.inputs and reader.module is not None and not reader.training_only:
            return reader.name, reader.inputs.index(index)
    return node.name.rpartition(".")[0], None


def position(graph: NetworkGraph, layer: str) -> int:
    """The position in ``graph.nodes`` of the layer or operation of that name.

    Raises:
        KeyError: There is none; the message names it.
    """
    for index, node in enumerate(graph.nodes):
        if node.name == layer:
            return index
    last = graph.nodes[-1].name
    raise KeyError(f"{layer} is no layer of this network; known are its table's, such as {last}.")
