from concurrent.futures import ThreadPoolExecutor

import pytest
import safetensors.torch
import torch

from cnnviz.architectures import build, specify
from cnnviz.weights.loading import load_network, load_weights
from cnnviz.weights.sources import WeightsSource, sources
from cnnviz.weights.state_dict import WeightsError
from tests.weights.in_memory import read_state_dict
from tests.weights.served import content_of, damage

RANDOM = WeightsSource("random", "random weights (untrained)")


@pytest.mark.parametrize("name", ["squeezenet1_1", "resnet18"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_of_torchvisions_model_gives_torchvisions_logits(tmp_path, name, suffix):
    from torchvision.models import get_model

    torch.manual_seed(0)
    theirs, path = get_model(name, weights=None).eval(), tmp_path / f"{name}{suffix}"
    with torch.no_grad():
        for key, buffer in theirs.named_buffers():
            if key.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
            elif key.endswith("running_mean"):
                buffer.normal_()
    save = torch.save if suffix == ".pth" else safetensors.torch.save_file
    save(theirs.state_dict(), path)
    with torch.device("meta"):
        ours = build(name)
    assert load_weights(ours, path) is ours
    image = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected, pair = theirs(image), ours(image)
    assert expected.std() > 0
    assert (pair - expected).abs().max() < 1e-5 * expected.abs().max()


def test_the_order_in_a_safetensors_file_has_no_meaning(tmp_path):
    tensors = build("squeezenet1_1").state_dict().values()
    renamed = {f"{number:02}.weight": tensor for number, tensor in enumerate(tensors)}
    safetensors.torch.save_file(renamed, tmp_path / "own.safetensors")
    with pytest.raises(WeightsError, match=r"own.safetensors .*: features.0.weight is missing\."):
        load_weights(build("squeezenet1_1"), tmp_path / "own.safetensors")


def test_torchvisions_damaged_file_is_not_loaded(published, folder):
    damage(published.path)
    with pytest.raises(
        WeightsError,
        match=rf"{published.name} is damaged \(its SHA-256 does not begin with .*\); remove it and",
    ):
        load_weights(build("squeezenet1_1"), published.path)


def test_ones_own_file_needs_no_checksum(published, folder):
    folder.mkdir()
    torch.manual_seed(2)
    own = build("squeezenet1_1")
    for name in ("squeezenet1_1.pth", "squeezenet1_1-20240131.pth"):
        (folder / name).write_bytes(content_of(own))
        loaded = load_weights(build("squeezenet1_1"), folder / name)
        assert loaded.stem.conv.weight.equal(own.stem.conv.weight)


def test_a_missing_file_is_named(folder):
    for name in ("missing.pth", "squeezenet1_1-b8a52dc0.pth"):
        with pytest.raises(WeightsError, match=rf"{name} cannot be read \(No such file"):
            load_weights(build("squeezenet1_1"), folder / name)


def test_a_file_that_does_not_fit_is_named(tmp_path):
    (tmp_path / "own.pth").write_bytes(content_of(build("squeezenet1_1")))
    with pytest.raises(WeightsError, match=r"own.pth does not fit this network: head.conv.weight"):
        load_weights(build("squeezenet1_1", num_classes=10), str(tmp_path / "own.pth"))


def same(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(ours.equal(theirs) for ours, theirs in pairs)


def test_random_weights_are_decided_by_the_seed_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    spec = specify("squeezenet1_1")
    first = load_network(spec, RANDOM)
    assert torch.rand(2).equal(expected)
    assert same(first, load_network(spec, RANDOM, seed=0))
    assert not same(first, load_network(spec, RANDOM, seed=1))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: load_network(spec, RANDOM), range(8)))
    assert all(same(first, network) for network in results)


def test_a_loaded_network_is_frozen_and_in_eval_mode(published, folder):
    for source in sources("squeezenet1_1"):
        network = load_network(specify("squeezenet1_1"), source)
        assert not network.training
        assert not any(parameter.requires_grad for parameter in network.parameters())
        assert not any(tensor.is_meta for tensor in network.state_dict().values())


def test_a_download_is_fetched_and_loaded(published, server):
    reports = []
    source = sources("squeezenet1_1")[0]
    network = load_network(
        specify("squeezenet1_1"), source, progress=lambda *report: reports.append(report)
    )
    torch.manual_seed(1)
    assert same(network, build("squeezenet1_1"))
    assert reports[-1] == (len(published.content), len(published.content))


def test_torchvisions_damaged_file_is_fetched_again_for_a_network(published, server, folder):
    damage(published.path)
    source = sources("squeezenet1_1")[0]
    assert (source.kind, source.url) == ("file", published.url)
    torch.manual_seed(1)
    assert same(load_network(specify("squeezenet1_1"), source), build("squeezenet1_1"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "settings", [{"num_classes": 10}, {"in_channels": 1}, {"squeeze_ratio": 0.5}]
)
def test_torchvisions_weights_are_not_fetched_for_other_settings(published, server, settings):
    with pytest.raises(
        WeightsError, match=r"does not fit these settings of SqueezeNet 1.1; choose the published"
    ):
        load_network(specify("squeezenet1_1", **settings), sources("squeezenet1_1")[0])
    assert server.requests == []


def test_torchvisions_weights_of_another_variant_are_not_fetched(folder):
    source = sources("vgg16")[0]
    with pytest.raises(WeightsError, match=r"vgg16-397923af.pth does not fit .* of ResNet-18;"):
        load_network(specify("resnet18"), source)


def test_a_source_without_a_path_is_an_error():
    with pytest.raises(ValueError, match="source must have a path or be random; received Weights"):
        load_network(specify("squeezenet1_1"), WeightsSource("file", "nothing"))


def test_the_published_squeezenet_loads_from_a_folder(test_data, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(test_data / "weights"))
    source = sources("squeezenet1_1")[0]
    assert source.title == "squeezenet1_1.pth (5.0 MB)"
    network = load_network(specify("squeezenet1_1"), source)
    tensors = read_state_dict(source.path)
    assert network.head.conv.weight.equal(tensors["classifier.1.weight"])
    with torch.no_grad():
        assert network(torch.zeros(1, 3, 224, 224)).isfinite().all()
