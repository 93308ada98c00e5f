"""Weights for other classes than the published ones: they are known by what is in the file."""

import json
from pathlib import Path

import pytest
import torch

import cnnviz
from cnnviz.__main__ import main

CAT = Path(cnnviz.__file__).parent / "sample_images" / "cat.jpg"
PETS = ("cat", "dog", "horse")


@pytest.fixture
def pets(tmp_path):
    """torchvision's SqueezeNet fine-tuned for three classes, in a file of its own."""
    from torchvision.models import squeezenet1_1

    torch.manual_seed(1)
    model = squeezenet1_1(num_classes=3)
    torch.save({"net": model.state_dict(), "acc": 0.9}, tmp_path / "pets.pth")
    return tmp_path / "pets.pth"


@pytest.fixture
def answers(capsys):
    """Runs predict on a photo; gives the labels that it prints, and what it says on stderr."""

    def predict(*arguments):
        code = main(["predict", str(CAT), "--json", *map(str, arguments)])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        (photo,) = json.loads(printed.out)
        return {answer["label"] for answer in photo["top"]}, printed.err

    return predict


@pytest.mark.parametrize("model", ["squeezenet1_1", "squeezenet1_1,num_classes=3"])
@pytest.mark.parametrize("form", ["lines", "windows", "list", "class_to_idx", "imagenet"])
def test_fine_tuned_weights_answer_with_their_own_classes(answers, pets, tmp_path, model, form):
    """Somebody fine-tuned on three classes: how many is read from the file, names from a text."""
    texts = {
        "lines": "cat\ndog\nhorse\n\n",
        "windows": "\ufeffcat\r\ndog\r\nhorse\r\n",
        "list": json.dumps(PETS),
        "class_to_idx": '{"horse": 2, "cat": 0, "dog": 1}',
        "imagenet": '{"0": ["n1", "cat"], "1": ["n2", "dog"], "2": ["n3", "horse"]}',
    }
    (tmp_path / "names.txt").write_text(texts[form], encoding="utf-8", newline="")
    asked = ("--model", model, "--weights", pets)
    assert answers(*asked, "--classes", tmp_path / "names.txt") == (set(PETS), "")
    assert answers(*asked) == ({"class 0", "class 1", "class 2"}, "")


@pytest.mark.parametrize("key", ["classes", "class_to_idx"])
def test_names_in_the_checkpoint_are_used(answers, pets, key):
    """Somebody's script saved the names of the classes with the weights: they are the labels."""
    names = list(PETS) if key == "classes" else {name: i for i, name in enumerate(PETS)}
    torch.save({**torch.load(pets), "hyper_parameters": {key: names}}, pets)
    assert answers("--model", "squeezenet1_1", "--weights", pets)[0] == set(PETS)


def test_a_text_beside_the_weights_has_the_names(answers, pets):
    """Somebody put flowers.txt beside flowers.pth: its lines are the labels."""
    pets.with_suffix(".txt").write_text("a\nb\nc\n")
    assert answers("--model", "squeezenet1_1", "--weights", pets)[0] == set("abc")


def test_fine_tuned_weights_in_the_folder_are_the_variants(answers, pets, monkeypatch):
    """A teacher put a fine-tuned network into the weights folder: the commands use it."""
    pets.rename(pets.with_name("squeezenet1_1.pth"))
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(pets.parent))
    assert answers("--model", "squeezenet1_1")[0] == {"class 0", "class 1", "class 2"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "squeezenet1_1,num_classes=4"), "head.conv.weight must be (4, 512, 1, 1)"),
        (("--model", "squeezenet1_1", "--classes", "two.txt"), "name the 3 classes of the weights"),
        (("--model", "squeezenet1_1", "--classes", "twice.txt"), "must name each class once"),
        (("--model", "squeezenet1_1", "--classes", "none.txt"), "none.txt cannot be read"),
        (("--model", "squeezenet1_1", "--classes", "empty.txt"), "must hold the name of a class"),
        (("--model", "squeezenet1_1,resolution=160"), "must leave the resolution as it is, 224 px"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(pets, monkeypatch, capsys, arguments, words):
    """Somebody gave another number of classes, or too few names: one sentence says so."""
    monkeypatch.chdir(pets.parent)
    Path("two.txt").write_text("cat\ndog\n")
    Path("twice.txt").write_text("cat\ndog\ncat\n")
    Path("empty.txt").write_text("\n")
    assert main(["predict", str(CAT), *arguments, "--weights", "pets.pth"]) == 2
    assert words in (said := capsys.readouterr().err)
    assert said.count("\n") == 1


def test_the_commands_say_what_the_library_warns_of(answers, pets):
    """Somebody's names are unknown: the command names the doubt on stderr and answers."""
    content = torch.load(pets)
    renamed = {f"x{name}": tensor for name, tensor in content["net"].items()}
    torch.save(renamed, pets)
    labels, said = answers("--model", "squeezenet1_1", "--weights", pets)
    assert len(labels) == 3
    assert said.startswith("pets.pth: Its names are unknown, so its 52 tensors were taken")
