import os
from pathlib import Path

import pytest
import torch

from cnnviz.weights.sources import WeightsSource, sources, weights_folder
from cnnviz.weights.torchvision_files import torchvision_file

RANDOM = WeightsSource("random", "random weights (untrained)")


def test_the_folder_is_the_variables_or_torch_hubs(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    assert weights_folder() == tmp_path
    monkeypatch.setenv("CNNVIZ_WEIGHTS", "~/weights")
    assert weights_folder() == Path.home() / "weights"
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setenv("CNNVIZ_WEIGHTS", "")
    assert weights_folder() == tmp_path / "hub" / "checkpoints"
    monkeypatch.delenv("CNNVIZ_WEIGHTS")
    assert weights_folder() == tmp_path / "hub" / "checkpoints"


def test_without_files_there_are_a_download_and_chance(folder):
    path = folder / "resnet18-f37072fd.pth"
    url = f"https://download.pytorch.org/models/{path.name}"
    download = WeightsSource(
        "download", "torchvision, download of 46.8 MB", path, url, size=round(44.661 * 2**20)
    )
    assert sources("resnet18") == (download, RANDOM)
    assert sources("resnet20_cifar") == (RANDOM,)
    assert not folder.exists()


def touch(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x" * 1_250_000)


def names_of(result):
    return [source.path.name for source in result if source.kind == "file"]


def test_files_come_in_order_of_preference(folder):
    own = ["resnet50_v1_5.safetensors", "resnet50_v1_5.pth"]
    theirs = ["resnet50-0676ba61.pth", "resnet50.pth"]
    touch(folder, *reversed(own + theirs), "resnet18.pth", "other.pth")
    offered = sources("resnet50_v1_5")
    assert names_of(offered) == own + theirs
    assert [source.kind for source in offered] == ["file"] * 4 + ["random"]
    assert offered[0].title == "resnet50_v1_5.safetensors (1.2 MB)"
    assert [source.url is not None for source in offered] == [False, False, True, False, False]


def test_a_file_that_is_variant_and_torchvision_model_is_listed_once(folder):
    touch(folder, "resnet18.pth")
    offered = sources("resnet18")
    assert [source.kind for source in offered] == ["file", "download", "random"]


def test_torchvisions_resnet50_is_not_taken_for_the_papers(folder):
    touch(folder, "resnet50.pth")
    assert names_of(sources("resnet50")) == []
    assert names_of(sources("resnet50_v1_5")) == ["resnet50.pth"]
    touch(folder, "resnet50.safetensors")
    assert names_of(sources("resnet50")) == ["resnet50.safetensors"]


def test_what_is_no_file_is_not_listed(folder):
    (folder / "resnet20_cifar.pth").mkdir(parents=True)
    assert sources("resnet20_cifar") == (RANDOM,)


def test_a_folder_that_is_none_holds_no_files(folder):
    folder.write_text("a file")
    assert sources("resnet20_cifar") == (RANDOM,)


def test_a_replaced_file_is_another_source(folder):
    touch(folder, "resnet20_cifar.pth")
    path = folder / "resnet20_cifar.pth"
    first = sources("resnet20_cifar")[0]
    assert sources("resnet20_cifar")[0] == first
    os.utime(path, (0, 0))
    second = sources("resnet20_cifar")[0]
    path.write_bytes(b"shorter")
    os.utime(path, (0, 0))
    assert len({first, second, sources("resnet20_cifar")[0]}) == 3


def test_an_unknown_variant_is_named():
    for function in (sources, torchvision_file):
        with pytest.raises(KeyError, match="resnet51 is no variant; known are"):
            function("resnet51")


def test_a_variants_other_files_are_found_with_any_suffix(folder):
    touch(folder, "vgg16.ckpt", "vgg16-pets.pth", "vgg16-flowers.safetensors", "vgg16-397923af.pth")
    touch(folder, "vgg16-flowers.txt", "vgg16_bn-x.pth", "vgg16.txt", "vgg19-x.pth")
    assert names_of(sources("vgg16")) == [
        *("vgg16.ckpt", "vgg16-397923af.pth"),
        *("vgg16-flowers.safetensors", "vgg16-pets.pth"),
    ]
    touch(folder, "resnet50-pets.pth")
    assert names_of(sources("resnet50")) == []
    assert names_of(sources("resnet50_v1_5")) == ["resnet50-pets.pth"]
