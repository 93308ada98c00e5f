"""A network of one's own that costs no weights: what patches modules disturbs nobody else."""

import torch

from cnnviz.architectures import Network, build


def private_copy(network: Network) -> Network:
    """A network with modules of its own and the same weights, frozen and in eval mode.

    Not ``copy.deepcopy``, which would copy the hooks that other threads have just registered.

    Args:
        network: A network of ``cnnviz.build``; its weights are shared, so do not change them.
    """
    with torch.device("meta"):
        twin = build(network.spec)
    twin.load_state_dict(network.state_dict(), assign=True)
    return twin.requires_grad_(False).eval()
