"""The quiz: quantities that a teacher hides, and a set of questions with verdicts."""

from collections.abc import Collection, Hashable, Sequence

import streamlit as st
from cachetools import LRUCache

from cnnviz.analysis.exercise import QUANTITIES, Question, questions
from cnnviz.analysis.exercise.verdict import TRIES, Verdict, is_closed, score, tries, verdict
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.node import Shape
from cnnviz.architectures import NetworkSpec
from cnnviz.ui.network.formulas import HIDES, show_formulas
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound
from cnnviz.ui.parts.page import plain

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
    requested = [
        name.strip() for text in st.query_params.get_all(address.HIDE) for name in text.split(",")
    ]
    st.session_state[address.HIDE] = [name for name in HIDES if name in requested]
    hidden = st.multiselect(
        "Hide from students",
        list(HIDES),
        key=address.HIDE,
        on_change=_write_hidden,
        placeholder="Nothing is hidden",
        help="Columns and formulas that students should predict. The address of this page holds "
        "the choice: share it with the class.",
    )
    return frozenset(hidden) & HIDES.keys()


def _write_hidden() -> None:
    hidden = [name for name in HIDES if name in st.session_state[address.HIDE]]
    address.write({address.HIDE: ",".join(hidden)})


@st.fragment
def show_exercise(graph: NetworkGraph, hidden: Collection[str] = ()) -> None:
    """Draw the number of the question set, its questions and the score.

    Args:
        graph: The network.
        hidden: What the teacher hides, which is then what is asked; everything if nothing is.
    """
    seed = _choose_sheet()
    if seed is None:
        st.info(
            "A question set has ten questions about this network's layers. Choose its number: the "
            "same number gives everyone the same questions.",
            icon=":material/edit:",
        )
        st.button("Open question set 1", on_click=_open_sheet, args=(1,), type="primary")
        return
    quantities = _quantities(hidden)
    if not hidden:
        st.caption("The layer table shows the answers: hide columns, then predict them.")
    sheet = _cached_questions(graph.spec, graph.input_shape, seed, quantities, graph)
    if not sheet:
        st.info("This network has no layer with such a quantity; hide other columns.")
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
        "Question set",
        min_value=1,
        max_value=LAST_SHEET,
        value=None,
        step=1,
        **bound(address.SHEET),
        placeholder="a number",
        help="Determines the questions. The page's address holds it: share it with the class.",
        width=200,
    )
    return seed if seed is not None and 1 <= seed <= LAST_SHEET else None


def _open_sheet(seed: int) -> None:
    st.session_state[address.SHEET] = seed


def _quantities(hidden: Collection[str]) -> tuple[str, ...]:
    chosen = {ASKED.get(name, name) for name in hidden}
    return tuple(quantity for quantity in QUANTITIES if quantity in chosen) or QUANTITIES


@st.cache_resource(max_entries=128, show_spinner=False)
def _cached_questions(
    spec: NetworkSpec | None,
    input_shape: Shape,
    seed: int,
    quantities: tuple[str, ...],
    _graph: NetworkGraph,
) -> list[Question]:
    return questions(_graph, seed, quantities=quantities)


def _answers(sheet: Hashable, count: int) -> Answers:
    """What the visitor wrote so far on a sheet, a list a question; kept while the session lasts."""
    by_sheet: LRUCache[Hashable, Answers]
    by_sheet = st.session_state.setdefault("exercise_answers", LRUCache(SHEETS_KEPT))
    return by_sheet.setdefault(sheet, [[] for _ in range(count)])


def _ask(number: int, question: Question, given: list[str], sheet_key: int) -> list[Verdict]:
    """Draw one question with its verdict; ``given`` are the answers so far, the last one last."""
    verdicts = [verdict(question, answer) for answer in given]
    with st.container(border=True):
        st.markdown(f"**{number}.** `{question.name}`: {plain(question.givens)}")
        if is_closed(verdicts):
            st.markdown(f"Your answer: **{plain(given[-1])}**")
        else:
            key = f"answer_{sheet_key}_{question.position}_{question.quantity}"
            _draw_field(number, key, given)
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
    last, wrong = verdicts[-1], sum(not one.right for one in tries(verdicts))
    if last.right:
        st.markdown(f":green[:material/check_circle: **{plain(last.sentence)}**]")
    elif not last.counts:
        st.markdown(f":material/help: {plain(last.sentence)} This did not count as a try.")
    else:
        st.markdown(f":orange[:material/error:] {plain(last.sentence)}")
        left = TRIES - wrong
        if left > 0:
            st.caption(f"{left} more {'try' if left == 1 else 'tries'}, then the solution.")
    if wrong >= TRIES:
        show_formulas([question.formula])


def _show_score(verdicts: Sequence[Sequence[Verdict]], seed: int) -> None:
    result = score(verdicts)
    if result.closed < result.total:
        st.progress(
            result.closed / result.total, f"{result.closed} of {result.total} questions done."
        )
    else:
        st.success(f"Done: {result}.", icon=":material/school:")
    following = seed % LAST_SHEET + 1
    st.button(
        "New question set",
        on_click=_open_sheet,
        args=(following,),
        icon=":material/casino:",
        type="primary" if result.closed == result.total else "secondary",
    )
