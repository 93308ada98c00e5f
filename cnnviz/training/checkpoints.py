"""Reads and writes checkpoints: a .safetensors file, written atomically, with facts as JSON.

``last`` holds everything that is needed to resume a run exactly, ``best`` the weights of the best
test with the dataset and preprocessing that they were trained with.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from cnnviz.architectures import Network, NetworkSpec, build
from cnnviz.architectures.base import TrainedOn
from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.files import write_whole, written_whole
from cnnviz.training.datasets.base import Data

LAST, BEST = "last", "best"
NETWORK = "network."  # prefix of the network's tensors in ``last``


class CheckpointError(ValueError):
    """A problem with a checkpoint; the message is one sentence with advice."""


def write_checkpoint(
    folder: Path,
    name: str,
    tensors: Mapping[str, torch.Tensor],
    facts: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
) -> None:
    """Write ``name``.safetensors and ``name``.json to a folder.

    The first also contains the facts, so that tensors and facts always match.

    Args:
        folder: Created if missing.
        name: Name of both files.
        tensors: Tensors by name.
        facts: The facts that ``checkpoint_facts`` reads.
        record: Content of the .json file; default the facts.

    Raises:
        OSError: The files cannot be written; existing ones are unchanged.
    """
    written = json.dumps(facts)
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    try:
        with written_whole(folder / f"{name}.safetensors") as part:
            save_file(contiguous, part, metadata={"facts": written})
    except SafetensorError as error:  # the library's error for a full disk
        raise OSError(f"{folder} cannot be written ({error}).") from error
    write_whole(folder / f"{name}.json", json.dumps(record or facts, indent=2))


def has_checkpoint(folder: Path, name: str) -> bool:
    """Whether a folder contains a checkpoint."""
    return (folder / f"{name}.safetensors").is_file()


def read_checkpoint(folder: Path, name: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read the tensors (on the CPU) and facts of a checkpoint.

    Raises:
        CheckpointError: The checkpoint is missing or damaged.
    """
    with _opened(folder, name) as (file, facts):
        return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118


def checkpoint_facts(folder: Path, name: str) -> dict[str, Any]:
    """Read the facts of a checkpoint without its tensors.

    Raises:
        CheckpointError: The checkpoint is missing or damaged.
    """
    with _opened(folder, name) as (_, facts):
        return facts


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Open a checkpoint's file and read its facts; errors become a ``CheckpointError``."""
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint in {folder}; train the run first.")
    try:
        with safe_open(path, framework="pt") as file:
            yield file, json.loads((file.metadata() or {})["facts"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); remove it.") from error


def trained_on(data: Data) -> TrainedOn:
    """The dataset record of a network trained on this data; grey counts as three equal colours."""
    mean, std = ((*values, *values, *values)[:3] for values in (data.mean, data.std))
    return TrainedOn(
        data.title, data.classes, data.side, (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])
    )


def facts_of(spec: NetworkSpec, data: Data) -> dict[str, Any]:
    """The facts of a checkpoint about its network, for ``trained_spec``."""
    sized = SizedNetwork(replace(spec, trained_on=None), data.side)
    return {
        "network": str(sized),
        "trained_on": asdict(trained_on(data)),
        "data": data.fingerprint,
        "images": {"train": len(data.train), "test": len(data.test)},
    }


def train_images(facts: Mapping[str, Any]) -> int:
    """How many images a checkpoint's network was trained on; 0 where older facts do not tell."""
    return int(facts.get("images", {}).get("train", 0))


def trained_spec(folder: Path, name: str | None = None) -> NetworkSpec:
    """Read the specification of a run's network, with the dataset that it was trained on.

    Args:
        folder: Folder of the run.
        name: Name of the checkpoint; default the best, else the last.

    Raises:
        CheckpointError: The folder has no checkpoint, or a damaged one.
    """
    with _opened(folder, name or checkpoint_name(folder)) as (_, facts):
        return _spec(facts, folder)


def own_spec(path: Path) -> NetworkSpec | None:
    """The specification in a checkpoint of this program, wherever it was copied to.

    Returns:
        None for any other file.

    Raises:
        CheckpointError: It is one, and damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = (file.metadata() or {}).get("facts")
        facts = None if facts is None else json.loads(facts)
    except (SafetensorError, OSError, ValueError):
        return None
    return None if facts is None else _spec(facts, path.parent)


def trained_network(folder: Path, name: str | None = None) -> Network:
    """Load a run's trained network, frozen and in eval mode.

    Args:
        folder: Folder of the run.
        name: Name of the checkpoint; default the best, else the last.

    Raises:
        CheckpointError: The folder has no checkpoint, or a damaged one.
    """
    name = name or checkpoint_name(folder)
    tensors, facts = read_checkpoint(folder, name)
    if name == LAST:
        tensors = without_prefix(NETWORK, tensors)
    with torch.device("meta"):
        network = build(_spec(facts, folder))
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise CheckpointError(f"The checkpoint in {folder} does not fit its network.") from error
    # Bundled networks are in half precision.
    return network.float().requires_grad_(False).eval()


def checkpoint_name(folder: Path) -> str:
    """Name of a run's best checkpoint, else of its last one."""
    return BEST if has_checkpoint(folder, BEST) else LAST


def _spec(facts: Mapping[str, Any], folder: Path) -> NetworkSpec:
    try:
        seen = facts["trained_on"]
        classes, mean, std = (tuple(seen[name]) for name in ("classes", "mean", "std"))
        sight = TrainedOn(seen["title"], classes, seen["resolution"], mean, std)
        return replace(read(facts["network"]).spec, trained_on=sight)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"The checkpoint in {folder} is damaged ({error}).") from error


def resumed_step(folder: Path) -> int:
    """The step from which a run resumes; 0 without a checkpoint.

    Raises:
        CheckpointError: The checkpoint is damaged.
    """
    if not has_checkpoint(folder, LAST):
        return 0
    with _opened(folder, LAST) as (_, facts):
        return int(facts["step"])


def with_prefix(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Add a prefix to the names of tensors."""
    return {prefix + name: tensor for name, tensor in tensors.items()}


def without_prefix(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Select tensors by a prefix of their names and remove it."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
