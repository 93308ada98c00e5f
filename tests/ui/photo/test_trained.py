"""Networks with weights as a menu offers them: files, runs, chance, and what is said of each."""

import pytest
import torch
from safetensors.torch import save_file

from cnnviz.architectures import build, specify
from cnnviz.ui.photo import trained as run_weights
from cnnviz.ui.photo.trained import fitting, known_runs, offered, run_network
from cnnviz.vision.prediction import labels

pytestmark = pytest.mark.usefixtures("weights")
LENET = "lenet5_full,num_classes=3"
RESNET = "resnet32_cifar,width=32,num_classes=3,in_channels=1"


def titles(choices):
    return [each.weights.title for each in choices]


def test_files_come_first_then_runs_then_random_weights(weights, keep_run):
    save_file(build("lenet5_full").state_dict(), weights / "lenet5_full.safetensors")
    first, second, other = keep_run(LENET), keep_run(LENET), keep_run(RESNET)
    choices = offered("lenet5_full", known_runs())
    assert [each.name for each in choices] == [
        *("lenet5_full.safetensors", second.id, first.id),
        "random",
    ]
    assert choices[1].weights.title == f"run {second.id[:5]}: 97.2 % on clouds, 3 epochs"
    assert [each.name for each in offered("resnet32_cifar", known_runs())] == [other.id, "random"]


def test_a_download_comes_after_the_runs(keep_run):
    run = keep_run("squeezenet1_1,num_classes=3")
    choices = offered("squeezenet1_1", known_runs())
    assert [each.name for each in choices] == [run.id, "download", "random"]


def test_the_visitors_own_runs_come_first(keep_run):
    mine, theirs = keep_run(LENET, owner="me"), keep_run(LENET, owner="they")
    names = [each.name for each in offered("lenet5_full", known_runs("me"))]
    assert names == [mine.id, theirs.id, "random"]


def test_few_runs_are_offered_and_the_requested_one_always(keep_run, monkeypatch):
    monkeypatch.setattr(run_weights, "MAX_RUNS", 2)
    oldest, *younger = (keep_run(LENET) for _ in range(4))
    names = [each.name for each in offered("lenet5_full", known_runs())]
    assert names == [younger[2].id, younger[1].id, "random"]
    asked = run_network(oldest.id)
    names = [each.name for each in offered("lenet5_full", known_runs(), asked)]
    assert names == [younger[2].id, younger[1].id, oldest.id, "random"]


def test_the_network_is_the_one_that_was_trained(keep_run):
    trained = run_network(keep_run(RESNET).id)
    assert trained.spec.config == specify("resnet32_cifar", width=32).config
    assert (trained.spec.in_channels, trained.spec.num_classes) == (1, 3)
    assert labels(trained.spec) == ("cloud 0", "cloud 1", "cloud 2")
    assert trained.is_run
    assert trained.about == (
        "Trained here on **clouds** (3 classes, 32 px in greys), 3 epochs, test accuracy "
        "**97.2 %**. Its best weights were chosen on the same test images. It knows only these "
        "classes; any other subject will be misclassified. Changed from the published network: "
        "width 32."
    )


def test_a_run_says_how_many_images_it_was_trained_on(keep_run):
    run = keep_run(LENET, images={"train": 500, "test": 100})
    trained = run_network(run.id)
    assert trained.weights.title.endswith("97.2 % on clouds, 500 images, 3 epochs")
    assert "500 images, 3 epochs, test accuracy" in trained.about


def test_a_run_that_goes_on_has_a_title_that_stays(keep_run):
    run = keep_run(LENET, state="running", epoch=0.5)
    trained = run_network(run.id)
    assert trained.weights.title == f"run {run.id[:5]}: still training on clouds"
    assert "0.5 epochs, test accuracy **97.2 %** so far: it is still training." in trained.about


def test_a_title_of_a_visitors_own_images_is_no_markdown(keep_run):
    run = keep_run(LENET)
    seen = {"title": "*my* $zip$", "classes": list("abc"), "resolution": 32}
    other = keep_run(LENET, trained_on={**seen, "mean": [0.5] * 3, "std": [0.5] * 3})
    assert r"Trained here on **\*my\* \$zip\$**" in run_network(other.id).about
    assert "clouds" in run_network(run.id).about


def test_runs_without_tested_weights_are_not_offered_and_damaged_ones_are_logged(keep_run, caplog):
    good, bare, damaged = keep_run(LENET), keep_run(LENET), keep_run(LENET)
    (bare.folder / "best.safetensors").unlink()
    (damaged.folder / "best.safetensors").write_bytes(b"nothing")
    assert [each.name for each in offered("lenet5_full", known_runs())] == [good.id, "random"]
    assert f"The run {damaged.id} is not offered" in caplog.text
    assert bare.id not in caplog.text
    with pytest.raises(ValueError, match="has no tested weights"):
        run_network(bare.id)


def test_only_weights_of_the_very_settings_fit(weights, keep_run):
    save_file(build("resnet32_cifar").state_dict(), weights / "resnet32_cifar.safetensors")
    run = keep_run(RESNET)
    choices = offered("resnet32_cifar", known_runs())
    published, wide = specify("resnet32_cifar"), run.plan.network.spec
    assert [each.name for each in fitting(published, choices)] == [
        "resnet32_cifar.safetensors",
        "random",
    ]
    assert [each.name for each in fitting(wide, choices)] == [run.id, "random"]


def test_bundled_networks_come_after_files_and_before_runs(weights, keep_run):
    run = keep_run("resnet20_cifar,num_classes=3")
    assert [each.name for each in offered("resnet20_cifar", known_runs())] == [
        *("resnet20_cifar", run.id, "random"),
    ]
    save_file(build("resnet20_cifar").state_dict(), weights / "resnet20_cifar.safetensors")
    names = [each.name for each in offered("resnet20_cifar", known_runs())]
    assert names[:2] == ["resnet20_cifar.safetensors", "resnet20_cifar"]


def test_the_weights_are_the_runs(keep_run):
    from cnnviz.training.checkpoints import read_checkpoint
    from cnnviz.weights.loading import load_network

    trained = run_network(keep_run(RESNET).id)
    network = load_network(trained.spec, trained.weights)
    tensors, _ = read_checkpoint(trained.weights.path.parent, "best")
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, tensors[name]), name
