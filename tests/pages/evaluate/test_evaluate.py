"""The Evaluate page, of two real runs of a moment, of strange links, and without any run."""

import base64
import csv
import io
import re
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support

from cnnviz.runs.results import evaluation_of
from cnnviz.runs.store import Store
from cnnviz.training.bundled import bundled, bundled_network
from cnnviz.training.datasets import load
from cnnviz.training.evaluation.mcnemar import McNemar
from cnnviz.ui.evaluate.controls import VIEWS
from cnnviz.ui.evaluate.downloads import downloads
from cnnviz.ui.evaluate.versus import verdict
from cnnviz.ui.evaluate.view import chosen, worst_cell
from cnnviz.vision.stand_alone import WEIGHTS
from tests.apps import SECONDS, checked


def test_the_numbers_are_those_of_a_computation_by_hand(open_page, run, expected, said, metrics):
    labels, logits = expected[0]
    app = open_page("evaluate", run=run.id)
    right = (logits.argmax(1).numpy() == labels).mean()
    top5 = np.mean([y in row for y, row in zip(labels, logits.topk(5).indices, strict=True)])
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    f1 = precision_recall_fscore_support(labels, logits.argmax(1), average="macro")[2]
    assert metrics(app) == {
        "Accuracy": f"{right:.2%}",
        "Loss": f"{loss:.3f}",
        "Top-5 accuracy": f"{top5:.2%}",
        "F1, mean over classes": f"{f1:.2%}",
    }
    baseline = np.bincount(labels).max() / len(labels)
    assert f"always predicting the most common class gives {baseline:.2%} accuracy" in said(app)
    assert "a loss of ln 10 = 2.303" in said(app)
    assert f"these {len(labels)} test images" in said(app)
    assert not app.error


def test_each_class_has_its_line(open_page, run, expected):
    labels, logits = expected[0]
    table = open_page("evaluate", run=run.id, view="classes").dataframe[0].value
    scores = precision_recall_fscore_support(labels, logits.argmax(1), zero_division=0)
    precision, recall, f1, support = scores
    assert table["name"].tolist() == [str(digit) for digit in range(10)]
    assert table["support"].tolist() == support.tolist()
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        assert table[name].to_numpy() == pytest.approx(values)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_from_its_address(open_page, pair, view):
    app = open_page("evaluate", run=pair[0].id, view=view)
    assert app.segmented_control(key="view").value == view
    assert app.selectbox(key="chosen_run").value == pair[0].id
    assert not (app.error or app.warning)


def test_before_a_click_the_most_frequent_confusion_is_shown(open_page, run, expected, drawn):
    labels, predicted = expected[0][0], expected[0][1].argmax(1).numpy()
    app = open_page("evaluate", run=run.id, view="confusion")
    label, called, count = re.fullmatch(
        r"(\d) predicted as (\d): (\d+)", app.subheader[0].value
    ).groups()
    wrong = [(a, b) for a, b in zip(labels, predicted, strict=True) if a != b]
    assert int(count) == max(wrong.count(cell) for cell in wrong)
    assert wrong.count((int(label), int(called))) == int(count)
    assert drawn(app)[0].count("<figure") == int(count)


class Event:
    """What the drawing gives when a cell is clicked."""

    def __init__(self, *cells):
        self.selection = {"cell": [{"row": row, "column": column} for row, column in cells]}


def test_a_clicked_cell_is_that_of_its_class_and_prediction(run):
    evaluation = evaluation_of(run.folder)
    assert chosen(Event((4, 7)), evaluation) == (4, 7)
    assert chosen(Event(), evaluation) is None
    assert chosen(Event((10, 0)), evaluation) is None, "it is of a run with more classes"
    assert evaluation.confusion[worst_cell(evaluation.confusion)] > 0


def test_the_images_of_a_cell_are_those_of_its_class(open_page, run, expected, monkeypatch, drawn):
    labels, predicted = expected[0][0], expected[0][1].argmax(1).numpy()
    monkeypatch.setattr("cnnviz.ui.evaluate.view.chosen", lambda event, evaluation: (3, 3))
    app = open_page("evaluate", run=run.id, view="confusion")
    inside = np.flatnonzero((labels == 3) & (predicted == 3))
    assert app.subheader[0].value == f"3 predicted as 3: {len(inside)}"
    shown = [int(number) for number in re.findall(r">number (\d+)<", drawn(app)[0])]
    assert len(set(shown)) == len(shown) == min(48, len(inside))
    assert set(shown) <= set(inside)
    images = load("digits", 32, 1, 0).test.images[shown[0]]
    first = re.search(r"base64,([^\"]+)", drawn(app)[0]).group(1)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(first))).convert("L"))
    assert np.array_equal(pixels, images[..., 0].numpy())


def test_an_empty_cell_says_so(open_page, run, expected, monkeypatch, said):
    evaluation = evaluation_of(run.folder)
    label, called = np.argwhere(evaluation.confusion == 0)[0]
    monkeypatch.setattr("cnnviz.ui.evaluate.view.chosen", lambda event, evaluation: (label, called))
    app = open_page("evaluate", run=run.id, view="confusion")
    assert "There are no test images in this cell." in said(app)


def test_mistakes_come_with_maps_the_most_confident_first(open_page, run, expected, said, drawn):
    labels, logits = expected[0]
    predicted, sure = logits.argmax(1).numpy(), logits.softmax(1).max(1).values.numpy()
    app = open_page("evaluate", run=run.id, view="mistakes")
    wrong = np.flatnonzero(predicted != labels)
    assert f"{len(wrong)} of {len(labels)} test images are misclassified" in said(app)
    order = wrong[np.argsort(-sure[wrong], kind="stable")][:12]
    words = r">predicted (\d), (\d+\.\d)%</b></div>\s*<div[^>]*>true (\d)<"
    titles = re.findall(words, drawn(app)[0])
    shown = [(int(said), float(share), int(real)) for said, share, real in titles]
    assert [(said, real) for said, _, real in shown] == [(predicted[p], labels[p]) for p in order]
    assert [share for _, share, _ in shown] == pytest.approx(100 * sure[order], abs=0.051)
    pictures = re.findall(r'src="([^"]+)"', drawn(app)[0])
    assert len(set(pictures)) == 2 * len(order), "beside each picture stands its own map"


def test_a_network_without_maps_shows_its_mistakes_all_the_same(open_page, run, monkeypatch, drawn):
    def none(*_):
        raise ValueError("The last stage has no feature maps.")

    monkeypatch.setattr("cnnviz.ui.evaluate.mistakes.mistake_maps", none)
    app = open_page("evaluate", run=run.id, view="mistakes")
    assert [info.value for info in app.info] == [
        "Without Grad-CAM: The last stage has no feature maps."
    ]
    assert drawn(app)[0].count("<figure") == 12


def test_calibration_is_the_formula_of_the_paper(open_page, run, expected, said):
    labels, logits = expected[0]
    right = logits.argmax(1).numpy() == labels
    sure = logits.softmax(1).max(1).values.numpy()
    bins = np.ceil(sure * 15)
    error = sum(abs(right[bins == b].sum() - sure[bins == b].sum()) for b in range(1, 16))
    text = said(open_page("evaluate", run=run.id, view="calibration"))
    assert f"Expected calibration error {error / len(labels):.1%}." in text
    gap = sure.mean() - right.mean()
    assert f"{100 * abs(gap):.1f} percentage points {'above' if gap > 0 else 'below'}" in text


def test_two_runs_on_the_same_images(open_page, pair, expected, said, drawn):
    labels = expected[0][0]
    first, second = (logits.argmax(1).numpy() == labels for _, logits in expected)
    app = open_page("evaluate", run=pair[0].id, view="compare", other=pair[1].id)
    assert app.table[0].value.to_numpy().tolist() == [
        [(first & second).sum(), (first & ~second).sum()],
        [(~first & second).sum(), (~first & ~second).sum()],
    ]
    only = (first & ~second).sum(), (~first & second).sum()
    p = binomtest(only[0], sum(only)).pvalue
    assert (f"p = {p:.3f}" if p >= 0.001 else "p < 0.001") in said(app)
    better = "first" if only[0] > only[1] else "second"
    assert f"The {better} is" in said(app)
    assert [int(heading.value.split(": ")[-1]) for heading in app.subheader] == list(only)
    shown = [tiles.count("<figure") for tiles in drawn(app)]
    assert shown == [min(24, count) for count in only if count]


def test_a_run_alone_has_nothing_to_compare_with(open_evaluate, run):
    app = open_evaluate(run=run.id, view="compare")
    assert "There is no other run on the same data" in app.info[0].value


def test_runs_of_different_images_are_one_sentence(open_page, pair, monkeypatch):
    path = pair[1].folder / "predictions.npz"
    arrays = dict(np.load(path))
    np.savez(path, **{**arrays, "labels": np.roll(arrays["labels"], 1)})
    app = open_page("evaluate", run=pair[0].id, view="compare", other=pair[1].id)
    assert len(app.error) == 1
    assert "Both runs must be tested on the same images" in app.error[0].value


def test_every_file_can_be_taken(open_page, run):
    app = open_page("evaluate", run=run.id, view="download")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Checkpoint", "Code that loads it", "Curves", "TensorBoard log"]
    made = {each.label: each.content() for each in downloads(run)}
    assert made["Checkpoint"] == (run.folder / "best.safetensors").read_bytes()
    code = made["Code that loads it"]
    assert WEIGHTS in code
    assert "cnnviz" not in re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)
    lines = list(csv.DictReader(io.StringIO(made["Curves"])))
    assert len(lines) == len(Store().measurements(run.id))
    assert float(lines[-1]["test_accuracy"]) > 0.3
    assert made["TensorBoard log"][:2] == b"PK"


def test_an_unknown_run_is_one_sentence(open_page, run):
    app = open_page("evaluate", run="nosuchrun")
    assert [warning.value for warning in app.warning] == [
        "There is no run nosuchrun with a checkpoint: it is new or was deleted."
    ]
    assert app.selectbox(key="chosen_run").value == run.id


def test_a_bundled_network_is_in_the_address(open_evaluate, run, metrics):
    record = bundled_network("lenet5_mnist").record
    app = open_evaluate(run="lenet5_mnist")
    assert metrics(app) == {
        "Accuracy": f"{record['test_accuracy']:.2%}",
        "Loss": f"{record['test_loss']:.3f}",
        "Top-5 accuracy": f"{record['evaluation']['top5']:.2%}",
        "F1, mean over classes": f"{record['evaluation']['macro']['f1']:.2%}",
    }
    assert "**MNIST**" in app.info[0].value
    table = app.dataframe[0].value
    assert table["support"].sum() == record["test_pictures"]


def test_runs_stand_before_the_bundled_networks(open_page, run):
    menu = open_page("evaluate").selectbox(key="chosen_run")
    assert menu.value == run.id
    assert len(menu.options) == 1 + len(bundled())
    assert all("bundled: " in option for option in menu.options[1:])


def test_an_unknown_view_is_the_first(open_page, run):
    app = open_page("evaluate", run=run.id, view="nonsense")
    assert app.segmented_control(key="view").value == next(iter(VIEWS))


def test_a_damaged_checkpoint_is_one_sentence(open_page, run):
    (run.folder / "best.safetensors").write_bytes(b"damaged")
    app = open_page("evaluate", run=run.id)
    deadline = time.monotonic() + SECONDS
    while app.get("progress"):  # the process that finds it out
        assert time.monotonic() < deadline
        time.sleep(0.2)
        checked(app)
    assert len(app.error) == 1
    assert "Traceback" not in app.error[0].value
    assert not app.metric


def test_names_that_mean_something_in_markdown_are_shown_as_they_are(open_page, run, monkeypatch):
    names = ("*a*", "_b_", "[c](d)", "$e$", "`f`", ":red[g]", "<h>", "i|j", "k~l~", "# m")
    evaluation = evaluation_of(run.folder)
    scores = tuple(map(lambda score, name: replace(score, name=name), evaluation.scores, names))
    evaluation = replace(evaluation, scores=scores)
    monkeypatch.setattr("cnnviz.ui.evaluate.evaluated.stored_evaluation", lambda folder: evaluation)
    monkeypatch.setattr("cnnviz.ui.evaluate.view.chosen", lambda event, evaluation: (0, 2))
    app = open_page("evaluate", run=run.id, view="confusion")
    assert app.subheader[0].value.startswith(r"\*a\* predicted as \[c\]\(d\): ")


def test_the_verdict_says_whether_chance_could_be():
    assert "first is better, and" in verdict(McNemar(10, 30, 5, 1, 0.0001))
    assert "(p < 0.001)" in verdict(McNemar(10, 30, 5, 1, 0.0001))
    assert "second is better, but the difference is not" in verdict(McNemar(10, 2, 4, 1, 0.688))
    assert "(p = 0.688)" in verdict(McNemar(10, 2, 4, 1, 0.688))
    assert verdict(McNemar(10, 0, 0, 1, 1.0)) == "Both have the same accuracy (p = 1.000)."
