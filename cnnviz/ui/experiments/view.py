"""An experiment on screen: its claim, its curves and arms each second anew, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from cnnviz.figures.theme import count_text
from cnnviz.figures.training.arm_table import ArmRow, Cell, arm_table
from cnnviz.figures.training.gate_table import gate_table
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
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.runs.curves import MAX_OVERLAID
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import epochs_text
from cnnviz.ui.server.cached import cached_parameters

UNIT = re.compile(r"stages\.(\d+)\.(\d+)\.")
TEST = "test error"

States = list[tuple[str, str]]


def show_claim(experiment: Experiment) -> None:
    """Draw what the source found, where, and what differs here."""
    st.markdown(f"**Claim**: {plain(experiment.claim)} ({plain(experiment.source)})")
    st.caption(
        f"Compared: {experiment.quantity}. Different here: {plain(experiment.deviation)} All arms "
        "have one seed, one order of the data, one schedule, and equal initial weights where "
        "shapes agree."
        if experiment.shares_weights
        else f"Compared: {experiment.quantity}. Different here: {plain(experiment.deviation)} All "
        "arms have one seed, one order of the data and one schedule; their initial weights are "
        "what differs."
    )


def show_group(
    experiment: Experiment,
    group: Group,
    recorded: Recorded | None,
    measure: str,
    across: str,
) -> None:
    """Draw a group's runs, each second or two anew while one is open."""
    results = group_results(group, shared_runs().readings)
    if results is None:
        st.info("All runs of this group were deleted.", icon=":material/info:")
        return
    pace = shared_runs().readings.pace() if results.is_open else None
    st.fragment(_tick, run_every=pace)(
        experiment, group, recorded, measure, across, _states(results)
    )
    _show_settings(results)


def _show_settings(results: Results) -> None:
    """Everything in which the arms' plans differ, to be checked."""
    first = {arm.title: run for arm in results.arms if (run := arm.runs[0].run)}
    found = differences([run.plan for run in first.values()])
    with st.expander("What differs between the arms", icon=":material/balance:"):
        table = pd.DataFrame({each.title: each.values for each in found}, index=list(first))
        st.dataframe(table, width="stretch", key="arm_settings", alt="Settings by arm")
    shown = ",".join([run.id for run in first.values()][:MAX_OVERLAID])
    st.caption(f"[Gradient norms and more of these runs](train?runs={shown}), on the page Train.")


def _tick(
    experiment: Experiment,
    group: Group,
    recorded: Recorded | None,
    measure: str,
    across: str,
    before: States,
) -> None:
    results = group_results(group, shared_runs().readings)
    shared_runs().readings.pace()
    if results is None or _states(results) != before:
        st.rerun()  # the whole page: other buttons, no more ticks
    show_results(experiment, results, recorded, measure, across)


def show_results(
    experiment: Experiment,
    results: Results,
    recorded: Recorded | None,
    measure: str,
    across: str,
) -> None:
    """Draw verdict, curves, arms and gates.

    Args:
        experiment: Which.
        results: What is drawn.
        recorded: The recorded runs whose values stand beside, if there are any.
        measure: A key of ``CHARTS``.
        across: A key of ``ACROSS``.
    """
    _show_verdict(experiment, results)
    notes = (f"paper: {experiment.paper_budget}", results.here)
    show_charts(results, measure, across, notes)
    st.html(arm_table(arm_rows(experiment, results, recorded)))
    _show_gates(results, across, notes)
    for sentence in _sources(experiment, results, recorded):
        st.caption(sentence)


def _states(results: Results) -> States:
    return [(run.run.id, run.run.state) for run in results.runs if run.run]


def _show_verdict(experiment: Experiment, results: Results) -> None:
    if results.is_open:
        done = sum(not run.is_open for run in results.runs)
        count = sum(1 for _ in results.runs)
        st.info(
            f"{done} of {count} runs have ended. What they say of the claim stands here when all "
            "have.",
            icon=":material/hourglass_empty:",
        )
        return
    sentences = [plain(sentence) for sentence in results.verdict(experiment)]
    look = st.warning if sentences[0].startswith("Too short") else st.info
    look("  \n".join(sentences), icon=":material/gavel:")


def arm_rows(experiment: Experiment, results: Results, recorded: Recorded | None) -> list[ArmRow]:
    """The arms with state, steps, values, what the paper prints and what was recorded."""
    arms = {arm.title: arm for arm in experiment.arms}
    beside = recorded.values if recorded and not results.is_recorded else {}
    rows = []
    for number, arm in enumerate(results.arms):
        colour, dashes = arm_look(number)
        cells = _cells(experiment, arm)
        if arm.title in arms and (paper := _paper_cell(arms[arm.title])):
            cells["Paper prints"] = paper
        if arm.title in beside:
            cells["Recorded"] = _value_cell(beside[arm.title], experiment.quantity)
        rows.append(ArmRow(arm.title, colour, dashes[1] > 0, cells))
    return rows


def _cells(experiment: Experiment, arm: ArmResult) -> dict[str, Cell]:
    quantity = experiment.quantity
    names = [quantity] if quantity == TEST else [quantity, TEST]
    values = {name: _value_cell([run.value(name) for run in arm.runs], name) for name in names}
    return {
        "Parameters": Cell(count_text(cached_parameters(arm.runs[0].network))),
        "State": Cell(states_text(arm.runs), _messages(arm)),
        "Steps": Cell(_range([run.steps for run in arm.runs], "{:,}")),
        "Epochs": Cell(_range([run.epochs for run in arm.runs], "{:.3g}")),
        **{f"{name[0].upper()}{name[1:]}": cell for name, cell in values.items()},
    }


def _value_cell(values: Sequence[float | None], quantity: str) -> Cell:
    return Cell(values_text(values, quantity), mean_text(values, quantity))


def _messages(arm: ArmResult) -> str:
    """Why runs failed; how the others ended is no news."""
    failed = (run.run.message for run in arm.runs if run.run and run.has_failed)
    return " ".join(dict.fromkeys(failed))


def _range(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def _paper_cell(arm: Arm) -> Cell | None:
    found = paper_value(arm)
    return Cell(found.value, f"{found.column}, {found.table}") if found else None


def _sources(experiment: Experiment, results: Results, recorded: Recorded | None) -> list[str]:
    """Where the values beside ours come from, with their own data and budgets."""
    papers = filter(None, map(paper_value, experiment.arms))
    printed = "; ".join(dict.fromkeys(plain(paper.source) for paper in papers))
    found = [
        "Train values are means over the last epoch, with augmentation and dropout at work; test "
        "values are of all test images at the last test."
    ]
    if printed:
        budget = plain(experiment.paper_budget)
        found.append(f"Paper prints: {printed}. Its budget: {budget}.")
    if recorded:
        found.append(recorded_sentence(recorded, experiment.quantity))
    if results.seeds > 1:
        found.append(
            "A line is the mean over the seeds and its band goes from the smallest to the largest; "
            "where one has not come so far, the others stand alone."
        )
    return found


def recorded_sentence(recorded: Recorded, quantity: str) -> str:
    """What recorded values are of: data, budget, machine, date, and the command."""
    runs = f"{recorded.seeds} run{'s' if recorded.seeds != 1 else ''} an arm"
    note = f" {plain(recorded.note)}" if recorded.note else ""
    return (
        f"Recorded {quantity}: {plain(recorded.data)}, {epochs_text(recorded.epochs)} "
        f"({recorded.steps:,} steps), {runs}, {recorded.trained} on {plain(recorded.machine)}."
        f"{note} Made by `{recorded.command}`."
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
        st.markdown("**Gates by unit**, from the input to the output")
        st.html(gate_table(rows))
        st.caption(
            "The mean of each unit's gate g(x) over test images, when it was measured last "
            f"(seed {seed}); dark is 0, yellow is 1."
        )


def _by_unit(gates: Mapping[str, float]) -> dict[str, float]:
    """Gates by "stage.unit", from 1, where their path tells; else by their path."""
    named = {}
    for path, value in gates.items():
        found = UNIT.match(path)
        named[f"{int(found[1]) + 1}.{int(found[2]) + 1}" if found else path] = value
    return named
