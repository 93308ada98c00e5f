"""A file of weights in a menu: how many classes it has, and what they are called."""

import os

import pytest
import torch

from cnnviz.architectures import build, specify
from cnnviz.ui.photo.trained import fitting, offered
from cnnviz.ui.photo.weighted import with_names
from cnnviz.vision.prediction import labels
from cnnviz.weights.state_dict import WeightsError
from tests.apps import open_function

pytestmark = pytest.mark.usefixtures("weights")
NAME = "resnet20_cifar-pets.pth"


def save(folder, count=3, **more):
    torch.manual_seed(count)
    network = build("resnet20_cifar", num_classes=count)
    torch.save({"net": network.state_dict(), **more}, folder / NAME)


def of_file():
    (choice,) = (each for each in offered("resnet20_cifar", []) if each.name == NAME)
    return choice


def test_its_number_of_classes_is_read_and_they_are_numbered(weights):
    save(weights)
    choice = of_file()
    assert choice.spec == specify("resnet20_cifar", num_classes=3)
    assert choice.has_unnamed_classes
    assert choice.about == (
        r"Weights of **resnet20\_cifar\-pets\.pth** for 3 classes of its own, which are numbered: "
        r"name them in the sidebar, or for everybody in resnet20\_cifar\-pets\.txt beside the "
        "file, one a line. It knows only these classes; any other subject will be misclassified."
    )
    assert choice.network.head.linear.weight.shape == (3, 64)
    save(weights, 4)
    os.utime(weights / NAME, (1, 1))
    assert of_file().spec.num_classes == 4


def test_names_in_the_file_or_beside_it_are_its_labels(weights):
    save(weights, class_to_idx={"dog": 1, "*cat*": 0, "horse": 2})
    choice = of_file()
    assert labels(choice.spec) == ("*cat*", "dog", "horse")
    assert not choice.has_unnamed_classes
    assert r"for 3 classes of its own: \*cat\*, dog, horse." in choice.about
    (weights / NAME).with_suffix(".txt").write_text("a\nb\nc\n")
    assert labels(of_file().spec) == ("a", "b", "c")


def test_names_beside_a_file_that_are_too_few_are_said(weights):
    save(weights)
    (weights / NAME).with_suffix(".txt").write_text("a\nb\n")
    assert "must name the 3 classes of the weights; it has 2 names" in of_file().about
    assert of_file().spec.num_classes == 3


def test_a_file_that_cannot_be_read_is_offered_and_says_so_once_it_is_loaded(weights):
    (weights / NAME).write_bytes(b"nothing")
    choice = of_file()
    assert choice.about == ""
    with pytest.raises(WeightsError, match="is damaged or is no file of weights"):
        print(choice.remarks)


def test_a_runs_checkpoint_that_was_copied_here_knows_its_data(weights, keep_run):
    run = keep_run("resnet20_cifar,num_classes=3")
    (run.folder / "best.safetensors").rename(weights / NAME)
    choice = of_file()
    assert choice.spec.trained_on.title == "clouds"
    assert "for 3 classes of its own: cloud 0, cloud 1, cloud 2." in choice.about
    assert not choice.has_unnamed_classes


def test_published_weights_say_nothing(weights):
    torch.save(build("resnet20_cifar").state_dict(), weights / NAME)
    assert (of_file().about, of_file().remarks) == ("", ())
    assert of_file().spec == specify("resnet20_cifar")


def test_names_of_classes_make_no_other_network(weights):
    save(weights, classes=["a", "b", "c"])
    network = specify("resnet20_cifar", num_classes=3)
    choices = offered("resnet20_cifar", [])
    assert [each.name for each in fitting(network, choices)] == [NAME, "random"]


def test_doubts_about_the_weights_are_its_remarks(weights):
    state = {f"x{name}": each for name, each in build("resnet20_cifar").state_dict().items()}
    torch.save(state, weights / NAME)
    (remark,) = of_file().remarks
    assert "Its names are unknown" in remark


def test_the_visitors_names_are_as_many_as_the_classes(weights):
    save(weights)
    assert labels(with_names(of_file(), ("a", "b", "c")).spec) == ("a", "b", "c")
    with pytest.raises(ValueError, match="must name the 3 classes of the weights; it has 1 names"):
        with_names(of_file(), ("a",))


def page():
    import streamlit as st

    from cnnviz.ui.parts.page import open_page
    from cnnviz.ui.photo.chosen import say_origin
    from cnnviz.ui.photo.weights import choose_trained
    from cnnviz.vision.prediction import labels

    open_page("Test")
    chosen = choose_trained()
    if chosen:
        say_origin(chosen, "so what")
        st.markdown(", ".join(labels(chosen.spec)))


def test_a_page_asks_for_the_names(weights):
    save(weights)
    app = open_function(page, variant="resnet20_cifar", architecture="resnet", weights=NAME)
    assert app.markdown[0].value == "class 0, class 1, class 2"
    (field,) = app.text_input
    assert field.label == "Names of its 3 classes"
    field.input("cat, dog").run()
    said = "The field in the sidebar must name the 3 classes of the weights; it has 2 names."
    assert [each.value for each in app.info] == [said]
    app.text_input[0].input(" cat,dog, horse").run()
    assert app.markdown[0].value == "cat, dog, horse"
    assert said not in app.info[0].value


def test_a_link_names_the_classes(weights):
    save(weights)
    app = open_function(
        page, variant="resnet20_cifar", architecture="resnet", weights=NAME, class_names="a,b,c"
    )
    assert app.markdown[0].value == "a, b, c"


def test_a_page_says_the_doubt(weights):
    state = {f"x{name}": each for name, each in build("resnet20_cifar").state_dict().items()}
    torch.save(state, weights / NAME)
    app = open_function(page, variant="resnet20_cifar", architecture="resnet", weights=NAME)
    assert "Its names are unknown, so its" in app.warning[0].value
