"""Networks with weights as a menu offers them: files, bundled networks, runs, random."""

import gc
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.architectures import NetworkSpec, specify, variant
from cnnviz.architectures.written import ENDS, SizedNetwork
from cnnviz.runs.folder import RunError
from cnnviz.runs.store import Run, Store, store_url
from cnnviz.training.bundled import Bundled, bundled_for
from cnnviz.training.checkpoints import (
    BEST,
    CheckpointError,
    checkpoint_facts,
    has_checkpoint,
    train_images,
    trained_spec,
)
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.weighted import NO_ANSWER, WeightedNetwork, of_file, of_source
from cnnviz.ui.runs.words import epochs_text, images_text, percent
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.prediction import labels, preprocessing
from cnnviz.weights.sources import file_source, sources

MAX_RUNS = 20  # of a menu
LOOKED_AT = 200  # runs of the store, for those of one variant among them

logger = logging.getLogger(__name__)


def offered(
    variant: str, runs: Iterable[Run], requested: WeightedNetwork | None = None
) -> list[WeightedNetwork]:
    """The weights of a variant: files, bundled networks, runs, download, random.

    Args:
        variant: Name of a variant.
        runs: Of ``known_runs``.
        requested: A run's network that is offered however many others come before it.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    spec = specify(variant)
    known = [
        of_file(spec, source) if source.kind == "file" else of_source(spec, source)
        for source in sources(variant)
    ]
    files = [each for each in known if each.weights.kind == "file"]
    suiting = (run for run in runs if run.plan.network.spec.variant == variant)
    of_runs = list(islice(_weighted(suiting), MAX_RUNS))
    if (
        requested
        and requested.spec.variant == variant
        and requested.name not in {each.name for each in of_runs}
    ):
        of_runs.append(requested)
    shipped = map(bundled_choice, bundled_for(variant))
    return [*files, *shipped, *of_runs, *known[len(files) :]]


def weights_here(variant: str, runs: Iterable[Run]) -> WeightedNetwork:
    """The best weights of a variant on this machine; random ones where it has no others.

    Args:
        variant: Name of a variant.
        runs: Of ``known_runs``.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    return next(each for each in offered(variant, runs) if each.weights.kind != "download")


def bundled_choice(chosen: Bundled) -> WeightedNetwork:
    """A bundled network with its weights."""
    source = file_source(chosen.path, bundled_title(chosen))
    return WeightedNetwork(chosen.name, chosen.spec, source, f"{bundled_text(chosen)} {NO_ANSWER}")


def bundled_title(chosen: Bundled) -> str:
    """Menu entry of a bundled network."""
    title = variant(chosen.spec.variant).title.removesuffix(" (CIFAR)")
    images = images_text(chosen.record["train_images"])
    return f"bundled: {title} on {chosen.data}, {images}{_error(chosen)}"


def bundled_text(chosen: Bundled) -> str:
    """How a bundled network was trained, and its error on the images that chose its weights."""
    record, paper = chosen.record, chosen.record["paper"]
    text = (
        f"Trained for this project on **{plain(chosen.data)}**, "
        f"{images_text(record['train_images'])}{epochs_text(record['epochs'])} in "
        f"{record['seconds'] / 60:.0f} min on "
        f"{plain(record['machine'])}: **{_error(chosen)}** on "
        f"{record['test_pictures']:,} test images, on which its best weights were chosen too."
    )
    if paper:
        text += f" The paper's full training: {paper['error']} ({paper['of']}; {paper['source']})."
    return f"{text} {record['note']}" if record["note"] else text


def _error(chosen: Bundled) -> str:
    return f"{100 * (1 - chosen.test_accuracy):.1f} % test error"


def fitting(network: NetworkSpec, choices: Iterable[WeightedNetwork]) -> list[WeightedNetwork]:
    """The choices whose weights fit a network's exact settings; random weights come last.

    Args:
        network: What is looked at; what it was trained on is not compared.
        choices: Of ``offered``.
    """
    same = [each for each in choices if _untold(each.spec) == _untold(network)]
    random_weights = of_source(network, sources(network.variant)[-1])
    return [*(each for each in same if each.weights.kind == "file"), random_weights]


def _untold(spec: NetworkSpec) -> NetworkSpec:
    """What a network is, whatever it was trained on."""
    return replace(spec, trained_on=None, class_names=None)


def first_run(runs: Iterable[Run]) -> WeightedNetwork | None:
    """The first run that has tested weights."""
    return next(_weighted(runs), None)


def run_network(run_id: str) -> WeightedNetwork:
    """The network that a run has trained, as good as it is by now.

    Raises:
        RunError: There is no such run, or it has no checkpoint, or the store cannot be read.
        CheckpointError: Its checkpoint is damaged.
        OSError: The folder of runs is closed to us.
    """
    try:
        run = _store(store_url()).run(run_id)
    except KeyError:
        raise RunError(
            f"The run “{plain(run_id)}” is not here: it was deleted, or its address is mistyped; "
            "choose other weights."
        ) from None
    if not has_checkpoint(run.folder, BEST):
        raise RunError(f"The run “{run_id}” has no tested weights (yet); choose other weights.")
    return _network_of(run)


def known_runs(owner: str | None = None) -> list[Run]:
    """The youngest runs, the youngest first; the owner's before all others.

    Raises:
        RunError: The store cannot be read.
        OSError: The folder of runs is closed to us.
    """
    url = store_url()
    own = _latest(url, owner) if owner else []
    return list({run.id: run for run in (*own, *_latest(url, None))}.values())


@st.cache_resource(max_entries=8, show_spinner=False)
def _store(url: str) -> Store:
    store = Store(url)
    # Streamlit collects garbage after every run, and would look through the database's library.
    gc.freeze()
    return store


# A class looks at the same runs, and each page would read a hundred of them at every click.
@st.cache_resource(ttl=1.0, max_entries=128, show_spinner=False)
def _latest(url: str, owner: str | None) -> list[Run]:
    return _store(url).runs(owner, LOOKED_AT)


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
    spec, facts = _checkpoint(run.folder, path.stat().st_mtime_ns)
    source = file_source(path, _title(run, spec, facts))
    return WeightedNetwork(run.id, spec, source, _about(run, spec, facts), is_run=True)


@results.remember
def _checkpoint(folder: Path, modified: int) -> tuple[NetworkSpec, Mapping[str, Any]]:
    """The network of a checkpoint that was written then, and what it tells of itself."""
    return trained_spec(folder), checkpoint_facts(folder, BEST)


def _title(run: Run, spec: NetworkSpec, facts: Mapping[str, Any]) -> str:
    """What a menu shows; while the run goes on, nothing that changes."""
    # The id stands first, because a menu cuts what is long.
    data, named = _data_title(spec), f"run {run.id[:5]}"
    if run.is_open:
        return f"{named}: still training on {data}"
    accuracy = facts.get("test_accuracy")
    tested = "" if accuracy is None else f"{percent(accuracy)} on "
    return f"{named}: {tested}{data}, {_trained_for(facts)}"


def _trained_for(facts: Mapping[str, Any]) -> str:
    """On how many images, where its checkpoint tells, and how often: "500 images, 3 epochs"."""
    return f"{images_text(train_images(facts))}{epochs_text(facts['epoch'])}"


def _about(run: Run, spec: NetworkSpec, facts: Mapping[str, Any]) -> str:
    """What the network has seen, how good it became, and what it cannot answer."""
    side, accuracy = preprocessing(spec).crop, facts.get("test_accuracy")
    grey = " in greys" if spec.in_channels == 1 else ""
    text = f"Trained here on **{plain(_data_title(spec))}** ({len(labels(spec))} classes, {side} px"
    text += f"{grey}), {_trained_for(facts)}"
    if accuracy is not None:
        text += f", test accuracy **{percent(accuracy)}**"
    if run.is_open:
        text += " so far: it is still training"
    chosen = "" if accuracy is None else " Its best weights were chosen on the same test images."
    text += f".{chosen} {NO_ANSWER}"
    changes = SizedNetwork(spec, side).changes.items()
    words = [f"{k.replace('_', ' ')} {v}" for k, v in changes if k not in (*ENDS, "resolution")]
    return f"{text} Changed from the published network: {', '.join(words)}." if words else text


def _data_title(spec: NetworkSpec) -> str:
    return spec.trained_on.title if spec.trained_on else ""
