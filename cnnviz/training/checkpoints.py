"""Checkpoints: a .safetensors file that is whole or not there, its facts as JSON beside it.

``last`` holds everything that a run needs to go on as if nothing had happened, ``best`` the weights
of its best test with what they were trained to see.
"""

from __future__ import annotations

import json
import os
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
from cnnviz.training.datasets.base import Data

LAST, BEST = "last", "best"
NETWORK = "network."  # What the names of a network's tensors begin with in ``last``.


class CheckpointError(ValueError):
    """One sentence: what is wrong with a checkpoint, and what to do about it."""


def write_checkpoint(
    folder: Path,
    name: str,
    tensors: Mapping[str, torch.Tensor],
    facts: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
) -> None:
    """Put ``name``.safetensors and ``name``.json into a folder.

    The first holds the facts too, so that both always belong together when it is read.

    Args:
        folder: Made if it is not there.
        name: Of both files.
        tensors: By their names.
        facts: What ``checkpoint_facts`` reads.
        record: What the .json says instead of the facts.

    Raises:
        OSError: They cannot be written; what was there is still there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(facts)
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    fresh = folder / f".{name}.new"
    try:
        save_file(contiguous, fresh, metadata={"facts": written})
        _force_to_disk(fresh)
        fresh.replace(folder / f"{name}.safetensors")
        told = json.dumps(facts if record is None else record, indent=2)
        fresh.write_text(f"{told}\n", encoding="utf-8")
        fresh.replace(folder / f"{name}.json")
    except SafetensorError as error:  # a full disk, told by the library in its own words
        raise OSError(f"{folder} cannot be written ({error}).") from error
    finally:
        fresh.unlink(missing_ok=True)


def _force_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def has_checkpoint(folder: Path, name: str) -> bool:
    """Whether a folder has that checkpoint."""
    return (folder / f"{name}.safetensors").is_file()


def read_checkpoint(folder: Path, name: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The tensors and the facts of a checkpoint, on the CPU.

    Raises:
        CheckpointError: It is missing or damaged.
    """
    with _opened(folder, name) as (file, facts):
        return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118


def checkpoint_facts(folder: Path, name: str) -> dict[str, Any]:
    """What a checkpoint tells of itself; its tensors are not read.

    Raises:
        CheckpointError: It is missing or damaged.
    """
    with _opened(folder, name) as (_, facts):
        return facts


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A checkpoint's file and its facts; whatever goes wrong with it is a sentence."""
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint in {folder}; train the run first.")
    try:
        with safe_open(path, framework="pt") as file:
            yield file, json.loads((file.metadata() or {})["facts"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); remove it.") from error


def trained_on(data: Data) -> TrainedOn:
    """What a network that is trained on this data sees; greys count as three equal colours."""
    mean, std = ((*values, *values, *values)[:3] for values in (data.mean, data.std))
    return TrainedOn(
        data.title, data.classes, data.side, (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])
    )


def facts_of(spec: NetworkSpec, data: Data) -> dict[str, Any]:
    """What a checkpoint tells of its network, as ``trained_spec`` reads it."""
    sized = SizedNetwork(replace(spec, trained_on=None), data.side)
    return {"network": str(sized), "trained_on": asdict(trained_on(data))}


def trained_spec(folder: Path, name: str | None = None) -> NetworkSpec:
    """The network of a run's folder, with what it was trained on.

    Args:
        folder: Of the run.
        name: Of the checkpoint; default that of the best test, else of the last step.

    Raises:
        CheckpointError: The folder has no checkpoint, or a damaged one.
    """
    with _opened(folder, name or kept_name(folder)) as (_, facts):
        return _spec(facts, folder)


def trained_network(folder: Path, name: str | None = None) -> Network:
    """The network of a run's best test, else of its last step; frozen and in eval mode.

    Args:
        folder: Of the run.
        name: Of another checkpoint.

    Raises:
        CheckpointError: The folder has no checkpoint, or a damaged one.
    """
    name = name or kept_name(folder)
    tensors, facts = read_checkpoint(folder, name)
    if name == LAST:
        tensors = without_prefix(NETWORK, tensors)
    with torch.device("meta"):
        network = build(_spec(facts, folder))
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise CheckpointError(f"The checkpoint in {folder} does not fit its network.") from error
    # Those that ship are in half precision.
    return network.float().requires_grad_(False).eval()


def kept_name(folder: Path) -> str:
    """The checkpoint that stands for a run: of its best test, else of its last step."""
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
    """The step from which a run in a folder goes on; 0 without a checkpoint.

    Raises:
        CheckpointError: The checkpoint is damaged.
    """
    if not has_checkpoint(folder, LAST):
        return 0
    with _opened(folder, LAST) as (_, facts):
        return int(facts["step"])


def with_prefix(start: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors under names that begin so."""
    return {start + name: tensor for name, tensor in tensors.items()}


def without_prefix(start: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Those of the tensors whose names begin so, under the rest of their names."""
    return {
        name.removeprefix(start): tensor
        for name, tensor in tensors.items()
        if name.startswith(start)
    }
