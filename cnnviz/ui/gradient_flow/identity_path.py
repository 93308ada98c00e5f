"""The view of the identity path: equations 4 and 5, and its share of the signal by block."""

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnviz.architectures import variant
from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.runs.run import Run
from cnnviz.ui.gradient_flow.by_architecture import say_all, say_batch
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers
from cnnviz.ui.gradient_flow.controls import choose_batch, choose_depth
from cnnviz.ui.gradient_flow.results import Batch, Paths, Question, answers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_named
from cnnviz.ui.photo.trained import offered
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.photo.weights import visible_runs
from cnnviz.vision.gradients.identity_path import IdentityShare
from cnnviz.vision.gradients.twins import Twin, twins
from cnnviz.weights.sources import sources

RANDOM = "random"
SHOWN = ("residual", "pre-activation")
FORWARD = Axis("Share of the shortcut in a block's output", ".0%", from_zero=True)
BACKWARD = Axis("Share of the shortcut in a block's gradient", ".0%", from_zero=True)


def show_identity_path() -> None:
    """Draw the equations, menus of weights, two charts, and whether equation 4 holds."""
    with st.sidebar:
        depth, batch, runs = choose_depth(), choose_batch(), visible_runs()
        chosen = {twin: _choose_weights(twin, runs) for twin in twins(depth) if twin.name in SHOWN}
    _say_equations()
    questions: dict[str, Question] = {}
    for twin, weights in chosen.items():
        questions |= _questions(twin, weights, batch)
    known: dict[str, Paths] = answers(questions, "paths")
    if known:
        palette = colours_of(list(questions))
        _show_shares(known, {title: palette[title] for title in known})
        sentences = (_sum_text(title, paths) for title, paths in known.items())
        say_all(filter(None, sentences))
    _say_origins(chosen)
    say_batch(batch)


def _say_equations() -> None:
    st.markdown(
        "With identity shortcuts and nothing after the addition, a block adds to its input:"
    )
    st.latex(r"x_L = x_l + \sum_{i=l}^{L-1} F(x_i, W_i)")
    st.latex(
        r"\frac{\partial E}{\partial x_l} = \frac{\partial E}{\partial x_L}"
        r"\left(1 + \frac{\partial}{\partial x_l} \sum_{i=l}^{L-1} F(x_i, W_i)\right)"
    )
    st.caption(
        "He, Zhang, Ren and Sun 2016, Identity Mappings in Deep Residual Networks, equations 4 "
        "and 5. In the second, the 1 is the identity path, through which the gradient reaches "
        "every block undiminished, whatever the weights are."
    )


def _choose_weights(twin: Twin, runs: Sequence[Run]) -> WeightedNetwork:
    # Weights of the same settings fit, whatever data they were trained on.
    choices = {
        each.name: each
        for each in offered(twin.spec.variant, runs)
        if each.weights.kind == "file" and each.spec.config == twin.spec.config
    }
    choices[RANDOM] = WeightedNetwork(RANDOM, twin.spec, sources(twin.spec.variant)[-1])
    titles = {name: each.weights.title for name, each in choices.items()}
    key = address.TWIN_WEIGHTS.of(twin.name.replace("-", "_"))
    chosen = choose_named(f"Weights of {twin.title}", key, titles, next(iter(choices)))
    return choices[chosen]


def _questions(twin: Twin, weights: WeightedNetwork, batch: Batch) -> dict[str, Question]:
    """The lines of a network by title: trained (if chosen) and untrained."""
    untrained = Question.untrained("paths", twin.spec, batch)
    lines = {f"{twin.title}, random weights": untrained}
    if weights.is_random:
        return lines
    trained = Question("paths", weights.spec, weights.weights, batch)
    return {f"{twin.title}, trained": trained, **lines}


def _show_shares(paths_by_title: Mapping[str, Paths], colours: Mapping[str, str]) -> None:
    st.html(legend(colours))
    left, right = st.columns(2)
    for place, axis, name in ((left, FORWARD, "forward"), (right, BACKWARD, "backward")):
        shares = {title: getattr(paths, name) for title, paths in paths_by_title.items()}
        curves = [_curve(title, each) for title, each in shares.items()]
        names = {title: [share.block for share in each] for title, each in shares.items()}
        with place:
            show_curves_over_layers(curves, colours, axis, f"{name}_chart", "Block", names)
    left.latex(r"\frac{\lVert h \rVert}{\lVert h \rVert + \lVert F \rVert}")
    right.latex(r"\frac{\lVert g_h \rVert}{\lVert g_h \rVert + \lVert g_F \rVert}")
    st.caption(
        "In a block's addition, $h$ comes from the shortcut and $F$ from the convolutions; $g_h$ "
        "and $g_F$ are the parts of the gradient at the block's input that pass through each. At "
        "the start of a stage the shortcut changes the shape and is not an identity."
    )


def _curve(title: str, shares: Sequence[IdentityShare]) -> Curve:
    """The curve of shares by block; nan (not drawn) if no signal arrives."""
    values = [float("nan") if share.share is None else share.share for share in shares]
    return Curve(title, "share", range(1, len(shares) + 1), values)


def _sum_text(title: str, paths: Paths) -> str:
    """Whether equation 4 holds over the first stage, with the error; empty if unknown."""
    identity_sum = paths.sum
    if identity_sum is None or identity_sum.error is None or identity_sum.share is None:
        return ""
    holds = identity_sum.error < 1e-4
    said = "holds" if holds else "does **not** hold: the ReLU after each addition breaks it"
    return (
        f"**{title}**: over the first {len(identity_sum.blocks)} blocks equation 4 {said} "
        f"(relative error {identity_sum.error:.1g}). The identity path has a share of "
        f"{100 * identity_sum.share:.0f} %: the norm of the first block's input relative to that "
        "plus the norm of the sum of all F."
    )


def _say_origins(chosen: Mapping[Twin, WeightedNetwork]) -> None:
    """Label random weights, and describe trained ones."""
    for twin, weights in chosen.items():
        if not weights.is_random:
            st.info(
                f"{twin.title}: {weights.about} Here its input is digits, whose labels are taken "
                "as its first classes.",
                icon=":material/model_training:",
            )
            continue
        published = variant(twin.spec.variant).title
        st.caption(
            f"{twin.title} has random weights: it is untrained (random weights are chosen, or "
            f"there is no trained {published} with these settings)."
        )
