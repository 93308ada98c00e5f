"""Questions about layers, what students write, and which step went wrong."""

import pytest

from cnnviz.analysis.exercise import QUANTITIES, questions
from cnnviz.analysis.exercise.verdict import Verdict, is_closed, score, verdict
from cnnviz.analysis.layers import layer_table
from cnnviz.architectures import ARCHITECTURES
from tests.networks import graph_of


def question(name, layer, quantity):
    """The question about one layer, whatever seed draws it."""
    graph = graph_of(name)
    sheet = questions(graph, 0, count=10_000, quantities=[quantity])
    position = [node.name for node in graph.nodes].index(layer)
    asked = next((q for q in sheet if q.position == position), None)
    if asked is None:  # another layer has the same question
        pytest.fail(f"{layer} is not asked about: {[q.name for q in sheet]}")
    return asked


def stem(quantity):
    """7x7, 64 filters, stride 2, padding 3, no bias, on 3 x 224 x 224."""
    return question("resnet18", "stem.conv", quantity)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_a_sheet_has_ten_questions_whose_answers_are_the_tables(family):
    name = next(iter(family.variants))
    graph = graph_of(name)
    table = layer_table(graph)
    sheet = questions(graph, 7)
    assert len(sheet) == 10
    assert len({q.givens for q in sheet}) == 10
    assert len({q.quantity for q in sheet}) >= 3
    for asked in sheet:
        row = table.iloc[asked.position - 1]
        assert (asked.name, asked.formula.value) == (row["name"], row[asked.quantity])
        assert asked.text.startswith(f"{row['name']}: ") and asked.text.endswith("?")
        assert not row["stage"].startswith("auxiliary")
        assert verdict(asked, asked.formula.result) == Verdict(True, "Right.")
        assert all(mistake.value != asked.formula.value for mistake in asked.mistakes)
        for mistake in asked.mistakes:
            assert verdict(asked, written(mistake.value)).right is False


def written(value) -> str:
    return " x ".join(map(str, value)) if isinstance(value, tuple) else f"{value:.0f}"


def test_a_seed_draws_the_same_sheet_and_another_seed_another_one():
    graph = graph_of("resnet18")
    first = [q.text for q in questions(graph, 7)]
    assert [q.text for q in questions(graph_of("resnet18"), 7)] == first
    assert [q.text for q in questions(graph, 8)] != first
    assert first[0].startswith("stem.conv: 7x7 convolution, 64 filters, stride 2, padding 3")


def test_hidden_columns_are_what_is_asked():
    sheet = questions(graph_of("vgg16"), 3, quantities=["params"])
    assert {q.quantity for q in sheet} == {"params"}
    assert len(sheet) == 10
    assert sum(q.formula.value == 0 for q in sheet) <= 3


def test_relu_and_dropout_are_asked_about_only_where_there_is_nothing_else():
    kinds = {"ReLU", "dropout"}
    for seed in range(5):
        graph = graph_of("resnet18")
        assert not kinds & {graph.nodes[q.position].kind for q in questions(graph, seed)}
    graph = graph_of("mlp")
    assert kinds & {graph.nodes[q.position].kind for q in questions(graph, 0)}


def test_a_question_gives_all_that_is_needed():
    assert stem("params").text == (
        "stem.conv: 7x7 convolution, 64 filters, stride 2, padding 3, no bias, groups 1, "
        "input 3 x 224 x 224. How many parameters does it have?"
    )
    field = question("resnet18", "stages.1.0.addition", "receptive_field")
    assert field.givens == (
        "addition, inputs 2 times 128 x 28 x 28 with receptive fields 43 and 67 px and jump 8 px. "
        "How many pixels wide is its receptive field?"
    )
    pool = question("googlenet", "stages.1.pool", "output_shape")
    assert "stride 2, padding 0, ceil mode, input 480 x 28 x 28" in pool.givens


@pytest.mark.parametrize("quantities", [[], ["memory"], ["params", "depth"]])
def test_unknown_quantities_are_refused(quantities):
    with pytest.raises(ValueError, match="quantities must be some of output_shape, params"):
        questions(graph_of("mlp"), 0, quantities=quantities)
    assert set(QUANTITIES) == {"output_shape", "params", "macs", "receptive_field"}


@pytest.mark.parametrize(
    "text",
    [
        *("118,013,952", "118013952", "118 013 952", "118'013'952", "118M", "118.0 M", "118.0m"),
        *("118,000,000", "1.18e8", "118.014 M", "118.0 MMACs", "118013952 MACs", "0.118 G"),
        *(" 118M. ", "\uff11\uff11\uff18M", "118_013_952"),
    ],
)
def test_a_count_may_be_written_and_rounded_in_many_ways(text):
    feedback = verdict(stem("macs"), text)
    assert feedback.right, feedback
    exact = text.strip(" .").replace("MACs", "").strip()
    assert ("Exactly: 118,013,952." in feedback.sentence) == (not exact.endswith("952"))


@pytest.mark.parametrize("text", ["117M", "118.1M", "118,100,000", "100,000,000", "118", "118k"])
def test_a_count_that_does_not_round_to_it_is_wrong(text):
    feedback = verdict(stem("macs"), text)
    assert (feedback.right, feedback.counts) == (False, True)


@pytest.mark.parametrize(
    "text",
    ["", "?", "many", "-5", "1,73k", "12,34", "0x10", "1..5", "M", "3 apples", "9.5", "1e999"],
)
def test_what_cannot_be_read_is_no_try(text):
    feedback = verdict(stem("params"), text)
    assert (feedback.right, feedback.counts) == (False, False)
    assert "1,728" in feedback.sentence


def test_one_rounded_digit_is_no_try():
    asked = stem("params")  # 9,408
    assert verdict(asked, "9k").counts is False
    assert verdict(asked, "9.4k") == Verdict(True, "Right. Exactly: 9,408.")


@pytest.mark.parametrize(
    "text", ["64x112x112", "64 x 112 x 112", "(64, 112, 112)", "64 112 112", "64\u00d7112\u00d7112"]
)
def test_a_shape_may_be_written_in_many_ways(text):
    assert verdict(stem("output_shape"), text) == Verdict(True, "Right.")


@pytest.mark.parametrize(
    ("text", "counts", "words"),
    [
        ("112", False, "Give all of them"),
        ("112 x 112", False, "Give all of them"),
        ("1 x 64 x 112 x 112", False, "Leave out the number of images"),
        ("sixty-four", False, "such as 64 x 112 x 112"),
        ("112 x 112 x 64", True, "channels come first"),
        ("64 x 113 x 113", True, "rounding"),
        ("64 x 109 x 109", True, "padding is missing"),
        ("64 x 111 x 111", True, "first position counts"),
        ("64 x 224 x 224", True, "stride is missing"),
        ("3 x 112 x 112", True, "count the filters"),
        ("3 x 224 x 224", True, "shape of the input"),
        ("32 x 112 x 112", True, "channels are not"),
        ("64 x 50 x 50", True, "The channels are right, the sides are not"),
        ("7 x 8 x 9", True, "floor((H + 2P - F) / S) + 1"),
    ],
)
def test_a_wrong_shape_names_the_step(text, counts, words):
    feedback = verdict(stem("output_shape"), text)
    assert (feedback.right, feedback.counts) == (False, counts)
    assert words in feedback.sentence


# Each wrong value is written out as the student would calculate it.
@pytest.mark.parametrize(
    ("name", "layer", "quantity", "wrong", "words"),
    [
        ("resnet18", "stem.conv", "params", 64 * 3 * 7 * 7 + 64, "no bias"),
        ("resnet18", "stem.conv", "params", 64 * 7 * 7, "deep as its input"),
        ("resnet18", "stem.conv", "params", 3 * 7 * 7, "one filter"),
        ("resnet18", "stem.conv", "params", 64 * 3 * 7, "height and a width"),
        ("resnet18", "stem.conv", "params", 64 * 3 * 7 * 7 * 112 * 112, "count them once"),
        ("resnet18", "stem.conv", "params", 64 * 7 * 7 + 64, "Two steps"),
        ("resnet18", "stem.norm", "params", 64, "also a shift"),
        ("resnet18", "stem.norm", "params", 4 * 64, "measured, not learned"),
        ("resnet18", "stem.norm", "params", 0, "does learn"),
        ("resnet18", "stem.pool", "params", 9 * 64, "no weights"),
        ("resnet18", "stem.pool", "params", 5, "what could this layer learn"),
        ("resnet18", "head.linear", "params", 512 * 1000, "bias is missing"),
        ("alexnet", "stages.0.conv2", "params", 256 * 96 * 25 + 256, "groups"),
        ("alexnet", "stages.0.conv2", "params", 256 * 48 * 25, "bias is missing"),
        ("alexnet", "stages.0.conv2", "params", 256 * 96 * 25, "Two steps"),
        ("lenet5", "stages.1.s2", "params", 6, "Something is missing"),
        ("resnet18", "stem.conv", "macs", 2 * 118_013_952, "FLOPs"),
        ("resnet18", "stem.conv", "macs", 224 * 224 * 9408, "not that of the input"),
        ("resnet18", "stem.conv", "macs", 9408, "at all H x W"),
        ("resnet18", "stem.conv", "macs", 118_013_952 + 64 * 112 * 112, "bias is not counted"),
        ("resnet18", "stem.conv", "macs", 112 * 9408, "A map has a height and a width"),
        ("resnet18", "stem.conv", "macs", 64 * 112 * 112, "Activations"),
        ("alexnet", "stages.0.conv2", "macs", 27 * 27 * 256 * 96 * 25, "groups"),
        ("resnet18", "stages.0.0.conv1", "receptive_field", 3, "more than one pixel"),
        ("resnet18", "stages.0.0.conv1", "receptive_field", 13, "j_in pixels apart"),
        ("resnet18", "stages.0.0.conv1", "receptive_field", 23, "F - 1 steps"),
        ("resnet18", "stages.0.0.conv1", "receptive_field", 11, "what the input sees"),
        ("resnet18", "stages.0.0.conv1", "receptive_field", 100, "r_in + (F - 1) x j_in"),
        ("resnet18", "stem.pool", "receptive_field", 15, "from the next layer on"),
        ("resnet18", "stages.1.0.addition", "receptive_field", 110, "do not add up"),
        ("resnet18", "stages.1.0.addition", "receptive_field", 43, "Some path sees more"),
    ],
)
def test_a_wrong_number_names_the_step(name, layer, quantity, wrong, words):
    feedback = verdict(question(name, layer, quantity), f"{wrong:,}")
    assert (feedback.right, feedback.counts) == (False, True)
    assert words in feedback.sentence


@pytest.mark.parametrize(
    ("name", "layer", "wrong", "words"),
    [
        ("googlenet", "stages.1.pool", "480 x 13 x 13", "ceil mode"),
        ("densenet121", "stages.0.block.concatenation", "64 x 56 x 56", "add their channels"),
        ("resnet18", "stages.1.0.addition", "256 x 28 x 28", "Only concatenation adds"),
        ("alexnet", "head.flatten", "256", "Every number of the map is kept"),
        ("alexnet", "head.flatten", "256 x 6 x 6", "multiply them"),
        ("resnet18", "stages.1.0.conv1", "128 x 27 x 27", "padding is missing"),
    ],
)
def test_a_wrong_shape_of_joins_and_pools_names_the_step(name, layer, wrong, words):
    assert words in verdict(question(name, layer, "output_shape"), wrong).sentence


@pytest.mark.parametrize("text", ["19", "19 px", "19 x 19", "19x19 px"])
def test_a_receptive_field_is_exact_and_may_be_a_square(text):
    assert verdict(question("resnet18", "stages.0.0.conv1", "receptive_field"), text).right


def test_flattened_numbers_are_one_number():
    asked = question("alexnet", "head.flatten", "output_shape")
    assert verdict(asked, "9,216").right
    assert verdict(asked, "9216").right


def test_the_hint_does_not_tell_the_answer():
    for asked in questions(graph_of("alexnet"), 1):
        answer = asked.formula.result.split()[0]
        for mistake in asked.mistakes:
            assert answer not in mistake.sentence.replace(",", "").split()


RIGHT, WRONG, UNREAD = Verdict(True, ""), Verdict(False, ""), Verdict(False, "", counts=False)


def test_the_score_counts_right_answers_and_first_tries():
    sheet = [[RIGHT], [WRONG, RIGHT], [WRONG, WRONG, RIGHT], [UNREAD, UNREAD, RIGHT], [], [UNREAD]]
    points = score(sheet)
    assert str(points) == "3 of 6, 2 at first try"
    assert points.closed == 4
    assert [is_closed(verdicts) for verdicts in sheet] == [True, True, True, True, False, False]
