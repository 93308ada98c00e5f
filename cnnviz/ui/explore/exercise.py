"""Predict, then check: what a teacher hides, and a sheet of questions with verdicts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

import streamlit as st

from cnnviz.analysis.exercise import QUANTITIES, Question, questions
from cnnviz.analysis.exercise.verdict import TRIES, Verdict, is_closed, score, tries, verdict
from cnnviz.analysis.graph import NetworkGraph, Shape
from cnnviz.architectures import NetworkSpec
from cnnviz.ui.network.formulas import HIDES, show_formulas
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound

LAST_SHEET = 9999
# Answers that a visitor's session keeps, by sheet and question; older sheets go first.
SHEETS_KEPT = 20
# The names on screen of what can be hidden, and what is then asked.
ASKED = {"output": "output_shape"}

Answers = list[list[str]]


def choose_hidden() -> frozenset[str]:
    """Draw the teacher's menu and return what is hidden: keys of ``formula_view.HIDES``.

    The address alone remembers it, as ``?hide=params,macs``: a bound widget would write
    ``?hide=params&hide=macs``.
    """
    asked = [
        name.strip() for text in st.query_params.get_all(address.HIDE) for name in text.split(",")
    ]
    st.session_state[address.HIDE] = [name for name in HIDES if name in asked]
    hidden = st.multiselect(
        "Hide from students",
        list(HIDES),
        key=address.HIDE,
        on_change=_write_hidden,
        placeholder="nothing is hidden",
        help="Columns and formulas that students shall predict. The address of this page keeps "
        "it: share it with the class.",
    )
    return frozenset(hidden) & HIDES.keys()


def _write_hidden() -> None:
    hidden = [name for name in HIDES if name in st.session_state[address.HIDE]]
    address.write({address.HIDE: ",".join(hidden)})


@st.fragment
def show_exercise(graph: NetworkGraph, hidden: Collection[str] = ()) -> None:
    """Draw the number of the sheet and, where one is chosen, its questions and the score.

    Args:
        graph: The network.
        hidden: What the teacher hides, which is then what is asked; everything if nothing is.
    """
    seed = _choose_sheet()
    if seed is None:
        st.info(
            "A sheet has ten questions about this network's layers. Choose its number: the same "
            "number gives everyone the same questions.",
            icon=":material/edit:",
        )
        st.button("Open sheet 1", on_click=_open_sheet, args=(1,), type="primary")
        return
    quantities = _quantities(hidden)
    if not hidden:
        st.caption(
            "The layer table tells the answers: hide columns to predict before you look them up."
        )
    sheet = _cached_questions(graph.spec, graph.input_shape, seed, quantities, graph)
    if not sheet:
        st.info("This network has no layer to ask about; ask for something else.")
        return
    key = (graph.spec, graph.input_shape, seed, quantities)
    answers = _answers(key, len(sheet))
    verdicts = [
        _ask(number, question, given, hash(key))
        for number, (question, given) in enumerate(zip(sheet, answers, strict=True), start=1)
    ]
    _show_score(verdicts, seed)


def _choose_sheet() -> int | None:
    seed = st.number_input(
        "Sheet",
        min_value=1,
        max_value=LAST_SHEET,
        value=None,
        step=1,
        **bound(address.SHEET),
        placeholder="a number",
        help="Draws the questions. The address of this page keeps it: share it with the class.",
        width=200,
    )
    return seed if seed is not None and 1 <= seed <= LAST_SHEET else None


def _open_sheet(seed: int) -> None:
    st.session_state[address.SHEET] = seed


def _quantities(hidden: Collection[str]) -> tuple[str, ...]:
    """What is asked, in a fixed order."""
    chosen = {ASKED.get(name, name) for name in hidden}
    return tuple(quantity for quantity in QUANTITIES if quantity in chosen) or QUANTITIES


@st.cache_resource(max_entries=128, show_spinner=False)
def _cached_questions(
    spec: NetworkSpec,
    input_shape: Shape,
    seed: int,
    quantities: tuple[str, ...],
    _graph: NetworkGraph,
) -> list[Question]:
    """The questions of a sheet, shared by all visitors."""
    return questions(_graph, seed, quantities=quantities)


def _answers(sheet: Hashable, count: int) -> Answers:
    """What the visitor wrote so far on a sheet, a list a question; kept while the session lasts."""
    kept: dict[Hashable, Answers] = st.session_state.setdefault("exercise_answers", {})
    if sheet not in kept:
        for oldest in list(kept)[: max(len(kept) - SHEETS_KEPT + 1, 0)]:
            del kept[oldest]
        kept[sheet] = [[] for _ in range(count)]
    return kept[sheet]


def _ask(number: int, question: Question, given: list[str], sheet_key: int) -> list[Verdict]:
    """Draw one question with its verdict; ``given`` are the answers so far, the last one last."""
    verdicts = [verdict(question, answer) for answer in given]
    with st.container(border=True):
        st.markdown(f"**{number}.** `{question.name}`: {_plain(question.givens)}")
        if is_closed(verdicts):
            st.markdown(f"Your answer: **{_plain(given[-1])}**")
        else:
            _draw_field(
                number, f"answer_{sheet_key}_{question.position}_{question.quantity}", given
            )
        _show_verdict(question, verdicts)
    return verdicts


def _draw_field(number: int, key: str, given: list[str]) -> None:
    if given and key not in st.session_state:
        st.session_state[key] = given[-1]
    st.text_input(
        f"Answer {number}",
        key=key,
        placeholder="your answer, then Enter",
        label_visibility="collapsed",
        max_chars=100,
        on_change=_write,
        args=(key, given),
        width=340,
    )


def _write(key: str, given: list[str]) -> None:
    """Keep an answer; an emptied field is none."""
    answer = st.session_state[key].strip()
    if answer:
        given.append(answer)


def _show_verdict(question: Question, verdicts: Sequence[Verdict]) -> None:
    if not verdicts:
        return
    found, wrong = verdicts[-1], sum(not one.right for one in tries(verdicts))
    if found.right:
        st.markdown(f":green[:material/check_circle: **{_plain(found.sentence)}**]")
    elif not found.counts:
        st.markdown(f":material/help: {_plain(found.sentence)} This did not count as a try.")
    else:
        st.markdown(f":orange[:material/error:] {_plain(found.sentence)}")
        left = TRIES - wrong
        if left > 0:
            st.caption(f"{left} more {'try' if left == 1 else 'tries'}, then the solution.")
    if wrong >= TRIES:
        show_formulas([question.formula])


def _show_score(verdicts: Sequence[Sequence[Verdict]], seed: int) -> None:
    found = score(verdicts)
    if found.closed < found.total:
        st.progress(found.closed / found.total, f"{found.closed} of {found.total} questions done.")
    else:
        st.success(f"Done: {found}.", icon=":material/school:")
    following = seed % LAST_SHEET + 1
    st.button(
        f"Draw sheet {following}",
        on_click=_open_sheet,
        args=(following,),
        icon=":material/casino:",
        type="primary" if found.closed == found.total else "secondary",
    )


def _plain(text: str) -> str:
    """Text that Markdown would set in italics, as a formula or as a colour, left as it is."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|~$:" else sign for sign in text)
