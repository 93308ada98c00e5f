"""Networks with weights as a menu offers them: files first, then runs, then what is left."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from cnnviz.architectures import NetworkSpec, specify
from cnnviz.architectures.written import ENDS, SizedNetwork
from cnnviz.runs.folder import RunError
from cnnviz.runs.store import Run, Store
from cnnviz.training.checkpoints import (
    BEST,
    CheckpointError,
    checkpoint_facts,
    has_checkpoint,
    trained_spec,
)
from cnnviz.ui.plain import plain
from cnnviz.vision.prediction import labels, preprocessing
from cnnviz.vision.weights import WeightsSource, sources

MOST_RUNS = 20  # of a menu

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WeightedNetwork:
    """A network and where its weights come from.

    Attributes:
        name: Of this choice among all for its variant; that of a run is its id.
        spec: The network.
        weights: Where its weights come from.
        about: What must be said where its answers stand, in Markdown, or empty.
        is_run: Whether a run of this program has trained it.
    """

    name: str
    spec: NetworkSpec
    weights: WeightsSource
    about: str = ""
    is_run: bool = False


def offered(
    variant: str, owner: str | None = None, run: str | None = None
) -> list[WeightedNetwork]:
    """What a menu offers for a variant: its files, its runs, torchvision's download, chance.

    Args:
        variant: Name of a variant.
        owner: Whose runs come before all others'.
        run: Id of a run that is offered however old it is.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    plain = [_of_source(specify(variant), source) for source in sources(variant)]
    files = [each for each in plain if each.weights.kind == "file"]
    return [*files, *_runs_of(variant, owner, run), *plain[len(files) :]]


def fitting(network: NetworkSpec, owner: str | None = None) -> list[WeightedNetwork]:
    """What is offered for the very settings of a network, without downloads.

    Args:
        network: Trained or not, which is not compared.
        owner: Whose runs come before all others'.
    """
    chance = _of_source(network, sources(network.variant)[-1])
    same = [
        each
        for each in offered(network.variant, owner)
        if each.weights.kind == "file" and replace(each.spec, trained_on=None) == network
    ]
    return [*same, chance]


def newest_run(owner: str | None = None) -> WeightedNetwork | None:
    """The first run that a menu would offer, of any variant."""
    return next(_weighted(_ordered(owner)), None)


def run_network(run_id: str) -> WeightedNetwork:
    """The network that a run has trained, as good as it is by now.

    Raises:
        RunError: There is no such run, or it has no checkpoint.
        CheckpointError: Its checkpoint is damaged.
    """
    try:
        run = Store().run(run_id)
    except KeyError:
        raise RunError(
            f"The run “{run_id}” is not here: it was deleted, or its address is mistyped; choose "
            "other weights."
        ) from None
    if not has_checkpoint(run.folder, BEST):
        raise RunError(f"The run “{run_id}” has no tested weights (yet); choose other weights.")
    return _network_of(run)


def _of_source(spec: NetworkSpec, source: WeightsSource) -> WeightedNetwork:
    name = source.path.name if source.kind == "file" and source.path else source.kind
    return WeightedNetwork(name, spec, source)


def _runs_of(variant: str, owner: str | None, asked: str | None) -> list[WeightedNetwork]:
    runs = [run for run in _ordered(owner) if run.plan.network.spec.variant == variant]
    found = list(islice(_weighted(runs), MOST_RUNS))
    if asked in {run.id for run in runs} - {each.name for each in found}:
        found += _weighted(run for run in runs if run.id == asked)
    return found


def _ordered(owner: str | None) -> list[Run]:
    """All runs, the owner's first, the newest first."""
    return sorted(Store().runs(), key=lambda run: (run.owner != owner, -run.created))


def _weighted(runs: Iterable[Run]) -> Iterator[WeightedNetwork]:
    """The networks of those runs that have tested weights; damaged ones are named in the log."""
    for run in runs:
        if not has_checkpoint(run.folder, BEST):
            continue
        try:
            yield _network_of(run)
        except (CheckpointError, OSError) as error:  # OSError: deleted a moment ago
            logger.warning("The run %s is not offered: %s", run.id, error)


def _network_of(run: Run) -> WeightedNetwork:
    path = run.folder / f"{BEST}.safetensors"
    facts, spec = checkpoint_facts(run.folder, BEST), trained_spec(run.folder)
    file = path.stat()
    title, about = _title(run, spec, facts), _about(run, spec, facts)
    source = WeightsSource("file", title, path, None, file.st_size, file.st_mtime_ns)
    return WeightedNetwork(run.id, spec, source, about, is_run=True)


def _title(run: Run, spec: NetworkSpec, facts: Mapping[str, Any]) -> str:
    """What a menu shows; while the run goes on, nothing that changes."""
    data, short = _data_title(spec), run.id[:6]
    if run.is_open:
        return f"run: still training on {data} ({short})"
    accuracy = f"{_percent(facts['test_accuracy'])} on " if _is_tested(facts) else ""
    return f"run: {accuracy}{data}, {_epochs(facts)} ({short})"


def _about(run: Run, spec: NetworkSpec, facts: Mapping[str, Any]) -> str:
    """What the network has seen, how good it became, and what cannot be asked of it."""
    side, changes = preprocessing(spec).crop, _changes(spec)
    said = f"Trained here on **{plain(_data_title(spec))}** ({len(labels(spec))} classes, {side} px"
    said += f" in greys), {_epochs(facts)}" if spec.in_channels == 1 else f"), {_epochs(facts)}"
    if _is_tested(facts):
        said += f", test accuracy **{_percent(facts['test_accuracy'])}**"
    if run.is_open:
        said += " so far: it is still training"
    said += "; a photo of something else has no right answer."
    return f"{said} Changed from the published network: {', '.join(changes)}." if changes else said


def _changes(spec: NetworkSpec) -> list[str]:
    """The hyperparameters that differ from the published ones, as "width 32"."""
    changes = SizedNetwork(spec, preprocessing(spec).crop).changes
    by_data = (*ENDS, "resolution")
    return [
        f"{name.replace('_', ' ')} {value}"
        for name, value in changes.items()
        if name not in by_data
    ]


def _data_title(spec: NetworkSpec) -> str:
    return spec.trained_on.title if spec.trained_on else ""


def _is_tested(facts: Mapping[str, Any]) -> bool:
    return facts.get("test_accuracy") is not None


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _epochs(facts: Mapping[str, Any]) -> str:
    """After how many epochs these weights were saved."""
    epochs = float(facts["epoch"])
    return f"{epochs:.3g} epoch{'' if epochs == 1 else 's'}"
