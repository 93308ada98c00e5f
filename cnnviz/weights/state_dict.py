"""Read a state dict safely from a file, and load it into a network."""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import safetensors
import torch

from cnnviz.architectures import Network, variant

StateDict = dict[str, torch.Tensor]

# Under these keys training scripts put the state dict beside epoch, optimizer and the like.
WRAPPERS = ("state_dict", "model", "model_state_dict")

# Heads that torchvision's files carry and that only training uses.
AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")

# torchvision's DenseNet files are older than its code: "norm.1" is what the code calls "norm1".
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")


class WeightsError(ValueError):
    """One sentence for the visitor: what is wrong with the weights, and what to do about it."""


def read_state_dict(path: str | os.PathLike[str]) -> StateDict:
    """The tensors in a file by name, on the CPU; nothing that the file contains is run.

    ``.safetensors`` is read as such and everything else as PyTorch's format. A dictionary under one
    of ``WRAPPERS`` is unwrapped, and the ``module.`` of DataParallel is taken off the names.

    Raises:
        WeightsError: The file is missing, damaged, wants to run code or holds other things.
    """
    path = Path(path)
    try:
        path.open("rb").close()
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read ({error.strerror}).") from error
    try:
        if _is_safetensors(path):
            content: object = _read_safetensors(path)
        else:  # not mapped into memory either
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged bytes end in nearly every exception that there is
        raise WeightsError(_refusal(path, error)) from error
    return _unwrapped(content, path.name)


def load_state_dict(
    network: Network, state_dict: Mapping[str, torch.Tensor], origin: str, ordered: bool = True
) -> Network:
    """The same network with other weights; it stays in eval or training mode.

    Tensors go by our names or by torchvision's; failing both, one by one in the order of their
    registration. Counters of batches (``num_batches_tracked``) are left out. Other precisions
    become the network's. A network on the meta device takes the tensors themselves; any other
    copies them.

    Args:
        network: Unchanged if the tensors do not fit.
        state_dict: Tensors by whatever names.
        origin: Where the tensors come from, as the message calls it.
        ordered: Whether they are in the order of their registration.

    Raises:
        WeightsError: A tensor is missing, superfluous or of another shape; the message names it.
    """
    whole = network.state_dict()
    ours, theirs = _weights(whole), _weights(state_dict)
    names = _counterparts(network, ours, theirs, ordered)
    if misfit := _misfit(ours, theirs, names):
        raise WeightsError(f"{origin} does not fit this network: {misfit}.")
    replaced = {
        name: theirs[other].detach().to(ours[name].dtype).contiguous()
        for name, other in zip(ours, names, strict=True)
    }
    on_meta = any(tensor.is_meta for tensor in whole.values())
    counters = {
        name: torch.zeros(tensor.shape, dtype=tensor.dtype, device="cpu") if on_meta else tensor
        for name, tensor in whole.items()
        if name not in ours
    }
    network.load_state_dict({**replaced, **counters}, assign=on_meta)
    return network


def _is_safetensors(path: Path) -> bool:
    return path.suffix == ".safetensors"


def _read_safetensors(path: Path) -> StateDict:
    with safetensors.safe_open(path, framework="pt", device="cpu") as file:
        # Copies: the tensors are views of the mapped file, and whoever shortens the file later
        # would end the process.
        return {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118


def _refusal(path: Path, error: Exception) -> str:
    if wanted := re.search(r"GLOBAL (\S+)", str(error)):
        return (
            f"{path.name} was not opened because it wants to use {wanted[1]}, which tensors never "
            "need; save the network's state_dict() alone."
        )
    kind = "safetensors" if _is_safetensors(path) else "PyTorch"
    return f"{path.name} is damaged or is not a {kind} file; copy or download it again."


def _unwrapped(content: object, origin: str) -> StateDict:
    if isinstance(content, Mapping):
        inside = (content[key] for key in WRAPPERS if isinstance(content.get(key), Mapping))
        content = next(inside, content)
    if not isinstance(content, Mapping) or not content:
        held = "an empty one" if content == {} else _kind(content)
        raise WeightsError(f"{origin} must hold a dictionary of tensors; received {held}.")
    for name, tensor in content.items():
        if not isinstance(name, str) or not _is_plain(tensor):
            held = f"{_kind(tensor)} under {name!r}"
            raise WeightsError(f"{origin} must hold tensors by name alone; received {held}.")
    prefix = "module." if all(name.startswith("module.") for name in content) else ""
    return {name.removeprefix(prefix): tensor for name, tensor in content.items()}


def _is_plain(tensor: object) -> bool:
    """Whether it is a tensor of real numbers that are all there: dense, and not on meta."""
    return (
        isinstance(tensor, torch.Tensor)
        and tensor.layout == torch.strided
        and not (tensor.is_meta or tensor.is_complex())
    )


def _kind(value: object) -> str:
    if not isinstance(value, torch.Tensor):
        return type(value).__name__
    layout = str(value.layout).removeprefix("torch.")
    return f"{layout} tensor of {_short(value.dtype)} on {value.device}"


def _weights(state_dict: Mapping[str, torch.Tensor]) -> StateDict:
    """The tensors that inference needs, by their present names."""
    return {
        OLD_DENSENET.sub(r"\1\2", name): tensor
        for name, tensor in state_dict.items()
        if not name.endswith("num_batches_tracked") and not name.startswith(AUXILIARY)
    }


def _counterparts(
    network: Network, ours: StateDict, theirs: StateDict, ordered: bool
) -> tuple[str, ...]:
    """The names under which the other side should hold our tensors, in our order."""
    if ours.keys() & theirs.keys():
        return tuple(ours)
    model = variant(network.spec.variant).torchvision
    torchvisions = _torchvision_names(model) if model else ()
    if theirs.keys() == set(torchvisions):
        return torchvisions
    return tuple(theirs) if ordered else torchvisions or tuple(ours)


@cache
def _torchvision_names(model: str) -> tuple[str, ...]:
    """The names of a torchvision model's tensors in the order of their registration."""
    from torchvision.models import get_model

    with torch.device("meta"):
        return tuple(_weights(get_model(model, weights=None).state_dict()))


def _misfit(ours: StateDict, theirs: StateDict, names: tuple[str, ...]) -> str | None:
    """What is wrong with the first tensor that does not fit, or None if all do."""
    problem = next(_problems(ours, theirs, names), None)
    if problem and len(ours) != len(theirs):
        return f"{problem} (the network has {len(ours)} tensors, the file {len(theirs)})"
    return problem


def _problems(ours: StateDict, theirs: StateDict, names: tuple[str, ...]) -> Iterator[str]:
    for our, their in zip(ours, names, strict=False):
        if their not in theirs:
            yield f"{their} is missing"
        elif not _fits(our, ours[our], their, theirs[their]):
            needed, actual = tuple(ours[our].shape), _shape(theirs[their])
            yield f"{our} must be {needed}; the file has {their} of {actual}"
    for our in list(ours)[len(names) :]:
        yield f"there is nothing for {our}"
    expected = set(names[: len(ours)])
    for their in theirs:
        if their not in expected:
            yield f"it has no place for {their}"


def _fits(our: str, ours: torch.Tensor, their: str, theirs: torch.Tensor) -> bool:
    # weight and bias of a normalisation have one shape, so the last part of the name must agree.
    same_role = our.rpartition(".")[2] == their.rpartition(".")[2]
    return same_role and ours.shape == theirs.shape and theirs.is_floating_point()


def _shape(tensor: torch.Tensor) -> str:
    """A tensor's shape, and its type if that is no floating-point type."""
    shape = str(tuple(tensor.shape))
    return shape if tensor.is_floating_point() else f"{shape}, {_short(tensor.dtype)}"


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
