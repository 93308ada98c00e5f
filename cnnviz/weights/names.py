"""Names of tensors as a network's own code gives them, whatever wrapped the network in training."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import torch

from cnnviz.weights.state_dict import StateDict

# What torch puts between names: DataParallel (also DDP and AveragedModel), torch.compile, FSDP, and
# activation checkpointing. No network here has a part of such a name (tested).
WRAPPERS = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"}
# Heads that torchvision's files carry and that only training uses.
AUXILIARY = {"aux1", "aux2", "AuxLogits"}
# Counters of batches, of averaged steps, and of operations (thop): no weights.
COUNTERS = {"num_batches_tracked", "n_averaged", "total_ops", "total_params"}
# torchvision's DenseNet files are older than its code: "norm.1" is what the code calls "norm1".
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")

Tensor = torch.Tensor


def _weight_norm(size: Tensor, direction: Tensor) -> Tensor:
    """torch.nn.utils.weight_norm: g v / |v|, the norm over all axes but those of g."""
    axes = [axis for axis in range(direction.dim()) if size.dim() == 0 or size.shape[axis] == 1]
    norm: Tensor = torch.linalg.vector_norm(direction, dim=axes, keepdim=True)
    return direction * (size / norm)


def _pruned(weight: Tensor, mask: Tensor) -> Tensor:
    """torch.nn.utils.prune: what is pruned is 0."""
    return weight * mask


def _spectral_norm(weight: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """torch.nn.utils.spectral_norm in eval mode: W / (u^T W v), W as a matrix by its first axis."""
    return weight / torch.dot(left, weight.flatten(1) @ right)


# How a parameter is made of the tensors that torch.nn.utils keep in its stead; {} is its name.
MADE_OF: dict[tuple[str, ...], Callable[..., Tensor]] = {
    ("{}_g", "{}_v"): _weight_norm,
    ("parametrizations.{}.original0", "parametrizations.{}.original1"): _weight_norm,
    ("{}_orig", "{}_mask"): _pruned,
    ("{}_orig", "{}_u", "{}_v"): _spectral_norm,
    (
        "parametrizations.{}.original",
        "parametrizations.{}.0._u",
        "parametrizations.{}.0._v",
    ): _spectral_norm,
}


class Named(NamedTuple):
    """The tensors of a file that bear a network's names.

    Attributes:
        prefix: What stands before each of the names in the file, with its dot.
        tensors: By the names behind the prefix.
        hits: How many names of the network are among them.
    """

    prefix: str
    tensors: StateDict
    hits: int


def plain_names(state_dict: Mapping[str, Tensor]) -> StateDict:
    """The tensors that inference needs, without torch's wrappers and parametrisations."""
    kept = {
        name: tensor
        for name, tensor in state_dict.items()
        if name.rpartition(".")[2] not in COUNTERS and AUXILIARY.isdisjoint(name.split("."))
    }
    short = {name: OLD_DENSENET.sub(r"\1\2", _without_wrappers(name)) for name in kept}
    is_unique = len(set(short.values())) == len(short)
    return _folded({short[name] if is_unique else name: each for name, each in kept.items()})


def named(tensors: StateDict, known: Collection[str]) -> Named:
    """The tensors behind the prefix before most of the known names."""
    known, hits = set(known), Counter[str]()
    for name in tensors:
        parts = name.split(".")
        tails = (".".join(parts[start:]) for start in range(len(parts)))
        hits.update(name.removesuffix(tail) for tail in tails if tail in known)
    if not hits:
        return Named("", tensors, 0)
    prefix, count = hits.most_common(1)[0]
    return Named(prefix, _behind(prefix, tensors), count)


def groups(tensors: StateDict) -> list[StateDict]:
    """All tensors, then those that share the first part of their names."""
    first = dict.fromkeys(name.partition(".")[0] for name in tensors)
    return [tensors, *(_behind(f"{part}.", tensors) for part in first)]


def _behind(prefix: str, tensors: StateDict) -> StateDict:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _without_wrappers(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in WRAPPERS)


def _folded(tensors: StateDict) -> StateDict:
    """The tensors with parameters in place of what they are made of."""
    result = dict(tensors)
    for keys, make in MADE_OF.items():
        first = re.compile(re.escape(keys[0]).replace(r"\{\}", r"(weight|bias)") + "$")
        for name in tensors:
            if not (match := first.search(name)):
                continue
            start = name[: match.start()]
            parts = [f"{start}{key.format(match[1])}" for key in keys]
            if (match.start() == 0 or start.endswith(".")) and all(p in result for p in parts):
                made = make(*(result[part].float() for part in parts))
                result = _replaced(result, parts, f"{start}{match[1]}", made)
    return result


def _replaced(tensors: StateDict, parts: list[str], name: str, made: Tensor) -> StateDict:
    """The tensors with one in the place of the first of its parts."""
    return {
        (name if each == parts[0] else each): (made if each == parts[0] else tensor)
        for each, tensor in tensors.items()
        if each == parts[0] or each not in parts[1:]
    }
