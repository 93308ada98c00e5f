"""Draws an experiment: claim, verdict, curves and networks, with live updates."""

import re
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from cnnviz.figures.images.number_tiles import gate_table
from cnnviz.figures.rows import Row, Value, rows_table
from cnnviz.figures.theme import count_text
from cnnviz.runs.groups import Group
from cnnviz.training.experiments.declaration import Arm, Experiment, paper_value
from cnnviz.training.experiments.recorded import Recorded
from cnnviz.ui.experiments.curves import arm_look, show_charts, show_gate_chart
from cnnviz.ui.experiments.differences import differences
from cnnviz.ui.experiments.results import (
    ArmResult,
    Results,
    gate_means,
    group_results,
    mean_text,
    states_text,
    values_text,
)
from cnnviz.ui.parts import address
from cnnviz.ui.parts.page import look_again, plain
from cnnviz.ui.runs.curves import MAX_OVERLAID
from cnnviz.ui.runs.readings import pace, shared_runs
from cnnviz.ui.runs.words import counted, epochs_text, images_text
from cnnviz.ui.server.cached import cached_parameters

UNIT = re.compile(r"stages\.(\d+)\.(\d+)\.")
TEST = "test error"


def show_claim(experiment: Experiment) -> None:
    """Draw the claim, its source and the differences from the paper."""
    st.markdown(f"**Claim**: {plain(experiment.claim)} ({plain(experiment.source)})")
    alike = (
        "order of the data, schedule, and initial weights where shapes agree."
        if experiment.shares_weights
        else "order of the data and schedule; only their initial weights differ."
    )
    st.caption(
        f"Compared: {experiment.quantity}. Differences from the paper: "
        f"{plain(experiment.deviation)} All networks share seed, {alike}"
    )


def show_group(group: Group, show: Callable[[Results], None]) -> None:
    """Draw a group's results, updated every second or two while a run is open."""
    readings = shared_runs().readings
    results = group_results(group, readings)
    if results is None:
        st.info("All runs of this group were deleted.", icon=":material/info:")
        return
    look_again(
        lambda: group_results(group, readings),
        lambda now: show(now) if now else None,
        _states,
        lambda now: pace(now is not None and now.is_open),
    )
    _show_settings(results)


def _show_settings(results: Results) -> None:
    """Draw the settings in which the networks' plans differ."""
    first = {arm.title: run for arm in results.arms if (run := arm.runs[0].run)}
    settings = differences([run.plan for run in first.values()])
    with st.expander("Differences between the networks", icon=":material/balance:"):
        table = pd.DataFrame({each.title: each.values for each in settings}, index=list(first))
        st.dataframe(table, width="stretch", key="arm_settings", alt="Settings by network")
    shown = ",".join([run.id for run in first.values()][:MAX_OVERLAID])
    link = address.link("train", {address.RUNS: shown})
    st.caption(f"[Gradient norms and other curves of these runs]({link}) on the page Train.")


def show_results(
    experiment: Experiment,
    recorded: Recorded | None,
    measure: str,
    across: str,
    results: Results,
) -> None:
    """Draw verdict, curves, table of networks and gates.

    Args:
        experiment: The experiment.
        recorded: Recorded results to show for comparison, if any.
        measure: A key of ``CHARTS``.
        across: A key of ``ACROSS``.
        results: What is drawn.
    """
    _show_verdict(experiment, results)
    notes = (f"paper: {experiment.paper_budget}", results.here)
    show_charts(results, measure, across, notes)
    st.html(rows_table(arm_rows(experiment, results, recorded), "Setting"))
    _show_gates(results, across, notes)
    for sentence in _sources(experiment, results, recorded):
        st.caption(sentence)


def _states(results: Results | None) -> tuple[tuple[str, str], ...]:
    """Of each run; none where all were deleted."""
    runs = results.runs if results else ()
    return tuple((run.run.id, run.run.state) for run in runs if run.run)


def _show_verdict(experiment: Experiment, results: Results) -> None:
    if results.is_open:
        done = sum(not run.is_open for run in results.runs)
        count = sum(1 for _ in results.runs)
        st.info(
            f"{done} of {count} runs have ended. The verdict on the claim appears when all have.",
            icon=":material/hourglass_empty:",
        )
        return
    sentences = [plain(sentence) for sentence in results.verdict(experiment)]
    look = st.warning if sentences[0].startswith("Too short") else st.info
    look("  \n".join(sentences), icon=":material/gavel:")


def arm_rows(experiment: Experiment, results: Results, recorded: Recorded | None) -> list[Row]:
    """Table rows of the arms: state, steps, values, and values from the paper and recorded ones."""
    arms = {arm.title: arm for arm in experiment.arms}
    beside = recorded.values if recorded and not results.is_recorded else {}
    rows = []
    for number, arm in enumerate(results.arms):
        colour, dashes = arm_look(number)
        cells = _cells(experiment, arm)
        if arm.title in arms and (paper := _paper_cell(arms[arm.title])):
            cells["Paper"] = paper
        if arm.title in beside:
            cells["Recorded"] = _value_cell(beside[arm.title], experiment.quantity)
        lines = {heading: [value] for heading, value in cells.items()}
        rows.append(Row(arm.title, lines, colour, dashes[1] > 0))
    return rows


def _cells(experiment: Experiment, arm: ArmResult) -> dict[str, Value]:
    quantity = experiment.quantity
    names = [quantity] if quantity == TEST else [quantity, TEST]
    values = {name: _value_cell([run.value(name) for run in arm.runs], name) for name in names}
    return {
        "Parameters": Value(count_text(cached_parameters(arm.runs[0].network))),
        "State": Value(states_text(arm.runs), _messages(arm)),
        "Steps": Value(_range([run.steps for run in arm.runs], "{:,}")),
        "Epochs": Value(_range([run.epochs for run in arm.runs], "{:.3g}")),
        **{f"{name[0].upper()}{name[1:]}": cell for name, cell in values.items()},
    }


def _value_cell(values: Sequence[float | None], quantity: str) -> Value:
    return Value(values_text(values, quantity), mean_text(values, quantity))


def _messages(arm: ArmResult) -> str:
    """Messages of failed runs."""
    failed = (run.run.message for run in arm.runs if run.run and run.has_failed)
    return " ".join(dict.fromkeys(failed))


def _range(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def _paper_cell(arm: Arm) -> Value | None:
    published = paper_value(arm)
    return Value(published.value, f"{published.column}, {published.table}") if published else None


def _sources(experiment: Experiment, results: Results, recorded: Recorded | None) -> list[str]:
    """Sources of the values, with their data and budgets."""
    papers = filter(None, map(paper_value, experiment.arms))
    printed = "; ".join(dict.fromkeys(plain(paper.source) for paper in papers))
    sentences = [
        "Training values are means over the last epoch, with augmentation and dropout enabled. "
        "Test values are from the last test on all test images: no weights were chosen on them."
    ]
    if printed:
        budget = plain(experiment.paper_budget)
        sentences.append(f"Paper: {printed}. Its budget: {budget}.")
    if recorded:
        sentences.append(recorded_sentence(recorded, experiment.quantity))
    if results.seeds > 1:
        sentences.append(
            "Lines are means over seeds, bands range from the smallest to the largest value. "
            "Where a run has not progressed as far, it is omitted."
        )
    return sentences


def recorded_sentence(recorded: Recorded, quantity: str) -> str:
    """Data, budget, machine, date and command of recorded values."""
    runs = f"{counted(recorded.seeds, 'run')} per network"
    note = f" {plain(recorded.note)}" if recorded.note else ""
    return (
        f"Recorded {quantity}: {plain(recorded.data)}, {images_text(recorded.train_images)}"
        f"{epochs_text(recorded.epochs)} "
        f"({recorded.steps:,} steps), {runs}, {recorded.trained} on {plain(recorded.machine)}."
        f"{note} Command: `{recorded.command}`."
    )


def _show_gates(results: Results, across: str, notes: Sequence[str]) -> None:
    rows = [(arm.title, _by_unit(gate_means(arm.runs[0]))) for arm in results.arms]
    rows = [(title, gates) for title, gates in rows if gates]
    if not rows:
        return
    left, right = st.columns(2)
    with left:
        show_gate_chart(results, across, notes)
    seed = next(iter(results.runs)).seed
    with right:
        st.markdown("**Gates by unit**, from input to output")
        st.html(gate_table(rows))
        st.caption(
            "Mean of each unit's gate g(x) over test images at the last measurement "
            f"(seed {seed}). Dark is 0, yellow is 1."
        )


def _by_unit(gates: Mapping[str, float]) -> dict[str, float]:
    """Gates by "stage.unit" (from 1), or by their path if it has another form."""
    named = {}
    for path, value in gates.items():
        matched = UNIT.match(path)
        named[f"{int(matched[1]) + 1}.{int(matched[2]) + 1}" if matched else path] = value
    return named
