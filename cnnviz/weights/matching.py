"""Load a state dict into a network: by our names, by torchvision's, or in its order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import torch

from cnnviz.architectures import Network, NetworkSpec, architecture_of, build, variant
from cnnviz.weights.names import groups, named, plain_names
from cnnviz.weights.state_dict import SavedWeights, StateDict, WeightsError

# What the tensors' names tell of a file that does not fit.
HINTS = {
    "flat_param": "FSDP has flattened the parameters; save a FULL_STATE_DICT",
    "parametrizations.": "remove_parametrizations() comes before saving",
}


@dataclass(frozen=True)
class Matching:
    """Which tensor of a file goes where in a network.

    Attributes:
        tensors: Of the file, by their names there, wrappers and prefix taken off.
        names: Of the tensors for the network's own, in the network's order.
        place: Where in the file they stand: "" or "checkpoint.model.", with its dot.
        known_names: How many names are the network's own or torchvision's.
        by_order: Whether the order decides, and not the names.
        left_out: Names of tensors beside them, which are no part of the network.
    """

    tensors: StateDict
    names: tuple[str, ...]
    place: str = ""
    known_names: int = 0
    by_order: bool = False
    left_out: tuple[str, ...] = ()


def load_saved(network: Network, saved: SavedWeights, strict: bool = False) -> Network:
    """The same network with the weights of a file; it stays in eval or training mode.

    Tensors go by our names or by torchvision's, behind whatever prefix and without what torch's
    wrappers (DataParallel, torch.compile, FSDP, AveragedModel) and parametrisations (weight_norm,
    spectral_norm, prune) put there; failing both, one by one in the order of their registration.
    What must be said of them then stands in ``network.remarks``. Counters are left out. Other
    precisions become the network's. A network on the meta device takes the tensors themselves; any
    other copies them.

    Args:
        network: Unchanged if the tensors do not fit.
        saved: Of ``read_weights``; of several state dicts the first that fits is taken.
        strict: Whether the names must decide.

    Raises:
        WeightsError: A tensor is missing, superfluous or of another shape; the message names it.
            Or the names do not decide and ``strict`` is set.
    """
    whole = network.state_dict()
    ours = plain_names(whole)
    matching, *others = _fitting(network.spec, ours, saved)
    doubts = [f"{saved.origin}: {each}" for each in _doubts(network.spec, matching, others)]
    if strict and matching.by_order:
        raise WeightsError(f"{doubts[0]} With strict=True such weights are not loaded.")
    replaced = {
        name: matching.tensors[other].detach().to(ours[name].dtype).contiguous()
        for name, other in zip(ours, matching.names, strict=True)
    }
    on_meta = any(tensor.is_meta for tensor in whole.values())
    counters = {
        name: torch.zeros(tensor.shape, dtype=tensor.dtype, device="cpu") if on_meta else tensor
        for name, tensor in whole.items()
        if name not in ours
    }
    network.load_state_dict({**replaced, **counters}, assign=on_meta)
    network.remarks = tuple(doubts)
    return network


def fitted(spec: NetworkSpec, saved: SavedWeights) -> NetworkSpec:
    """The specification with as many classes, and channels of the image, as the weights have.

    Args:
        spec: What the weights are meant for.
        saved: Of ``read_weights``; shapes are enough (the meta device).

    Returns:
        The same specification where the weights fit it as it is, or not at all.
    """
    for channels in (spec.in_channels, 4 - spec.in_channels):
        candidate = replace(spec, in_channels=channels)
        for count in (spec.num_classes, *_class_counts(candidate, saved)):
            sized = replace(candidate, num_classes=count)
            ours = _shapes(sized)
            if any(_problem(ours, each) is None for each in _tries(sized, ours, saved)):
                return sized
    return spec


def _class_counts(spec: NetworkSpec, saved: SavedWeights) -> Iterator[int]:
    """How many classes the state dicts of a file may have: what the last layer gives."""
    ours, more = _shapes(spec), _shapes(replace(spec, num_classes=spec.num_classes + 1))
    name = next(name for name in ours if ours[name].shape != more[name].shape)
    sizes = zip(ours[name].shape, more[name].shape, strict=True)
    axis = next(axis for axis, (size, larger) in enumerate(sizes) if size != larger)
    for matching in _tries(spec, ours, saved):
        other = dict(zip(ours, matching.names, strict=False)).get(name, "")
        tensor = matching.tensors.get(other)
        if tensor is not None and tensor.dim() > axis and 1 <= tensor.shape[axis] <= 100_000:
            yield tensor.shape[axis]


@lru_cache(64)
def _shapes(spec: NetworkSpec) -> StateDict:
    with torch.device("meta"):
        return plain_names(build(spec).state_dict())


def _fitting(spec: NetworkSpec, ours: StateDict, saved: SavedWeights) -> list[Matching]:
    """The matchings without a problem; by names if there are some.

    Raises:
        WeightsError: There is none; the message is that of the one with most known names.
    """
    tries = _tries(spec, ours, saved)
    problems = [_problem(ours, matching) for matching in tries]
    fitting = [each for each, problem in zip(tries, problems, strict=True) if problem is None]
    if fitting:
        return [each for each in fitting if each.by_order == fitting[0].by_order]
    closest = max(tries, key=lambda each: (each.known_names, len(each.tensors)))
    problem = problems[tries.index(closest)]
    hints = (hint for mark, hint in HINTS.items() if any(mark in name for name in closest.tensors))
    said = "; ".join([problem or "", *hints])
    raise WeightsError(f"{saved.origin} does not fit this network: {said}.")


def _tries(spec: NetworkSpec, ours: StateDict, saved: SavedWeights) -> list[Matching]:
    """How the tensors may go into a network: by names first, then in their order."""
    model = variant(spec.variant).torchvision
    torchvisions = _torchvision_names(model) if model else ()
    vocabularies = [tuple(ours), *([torchvisions] if len(torchvisions) == len(ours) else [])]
    by_name, by_order = [], []
    for place, state_dict in saved.state_dicts.items():
        tensors, start = plain_names(state_dict), f"{place}." if place else ""
        for names in vocabularies:
            prefix, inside, hits = named(tensors, names)
            left = tuple(name for name in tensors if not name.startswith(prefix))
            by_name.append(Matching(inside, names, start + prefix, hits, left_out=left))
        known = max(each.known_names for each in by_name)
        sizes = [group for group in groups(tensors) if group is tensors or len(group) == len(ours)]
        by_order += [Matching(each, tuple(each), start, known, by_order=True) for each in sizes]
    known_by_name = [each for each in by_name if each.known_names]
    if saved.ordered:
        return [*sorted(known_by_name, key=lambda each: -each.known_names), *by_order]
    return known_by_name or [max(by_name[len(vocabularies) - 1 :], key=lambda m: len(m.tensors))]


def _doubts(spec: NetworkSpec, matching: Matching, others: list[Matching]) -> Iterator[str]:
    """What must be said of weights that fit."""
    if matching.by_order:
        yield (
            f"{_whose_names(spec, matching)}, so its {len(matching.names)} tensors were taken in "
            "their order. All shapes fit, but whether each layer computes the same (stride, "
            "padding, activation) cannot be seen; compare its answers with those of the network "
            "that it was saved from."
        )
    elif places := sorted({each.place for each in others} - {matching.place}):
        yield f"Of several sets of weights those of {matching.place!r} were taken, not {places}."
    if left := matching.left_out:
        some = ", ".join(left[:3]) + (", ..." if len(left) > 3 else "")
        yield f"Left out is what is no part of the network ({some}; {len(left)} in all)."


def _whose_names(spec: NetworkSpec, matching: Matching) -> str:
    """Whose names the tensors bear that went by their order."""
    for name, twin in architecture_of(spec.variant).variants.items():
        model = twin.torchvision
        if model and set(_torchvision_names(model)) == matching.tensors.keys():
            return f"Its names are those of torchvision's {model}, which is {name} here"
    known, count = matching.known_names, len(matching.names)
    return f"Only {known} of its {count} names are known" if known else "Its names are unknown"


@cache
def _torchvision_names(model: str) -> tuple[str, ...]:
    """The names of a torchvision model's tensors in the order of their registration."""
    from torchvision.models import get_model

    with torch.device("meta"):
        return tuple(plain_names(get_model(model, weights=None).state_dict()))


def _problem(ours: StateDict, matching: Matching) -> str | None:
    """What is wrong with the first tensor that does not fit, or None if all do."""
    theirs = matching.tensors
    problem = next(_problems(ours, theirs, matching.names), None)
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
    dtype = str(tensor.dtype).removeprefix("torch.")
    return shape if tensor.is_floating_point() else f"{shape}, {dtype}"
