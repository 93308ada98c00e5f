"""Weights as people really have them: wrapped, renamed, in other formats, for other classes."""

import argparse
import gzip
import pickle
import tarfile
import warnings
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

import cnnviz
from cnnviz.weights.loading import WeightsWarning
from cnnviz.weights.state_dict import WeightsError

SMALL = "lenet5_full"


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(5)
    return cnnviz.build(SMALL)


def loads(net, path, **options):
    """Whether a file gives a fresh network the very weights of another."""
    fresh = cnnviz.load_weights(cnnviz.build(SMALL), path, **options)
    pairs = zip(fresh.parameters(), net.parameters(), strict=True)
    return all(ours.equal(theirs) for ours, theirs in pairs)


def refusal(path):
    with pytest.raises(WeightsError) as caught:
        cnnviz.load_weights(cnnviz.build(SMALL), path)
    said = str(caught.value)
    assert said.startswith(path.name)
    assert "\n" not in said
    return said


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wrapper", ["net", "model", "state_dict", "weights", "model_state", "ema"])
@pytest.mark.parametrize(
    "prefix", ["", "_orig_mod.", "module.", "model.", "net.", "a.b._orig_mod."]
)
def test_wrapped_and_prefixed_weights_load_from_either_format(net, tmp_path, wrapper, prefix):
    """Somebody saved {"net": ..., "acc": ...} of a wrapped network: it loads, without a word."""
    state = {f"{prefix}{name}": tensor for name, tensor in net.state_dict().items()}
    checkpoint = {"epoch": 3, "acc": 91.2, wrapper: state, "optimizer": {"state": {0: {"m": 1}}}}
    torch.save(checkpoint, tmp_path / "x.pth")
    safetensors.torch.save_file(state, tmp_path / "x.safetensors")
    assert loads(net, tmp_path / "x.pth", strict=True)
    assert loads(net, tmp_path / "x.safetensors", strict=True)


def test_torchvisions_names_may_be_prefixed_in_a_safetensors_file(tmp_path):
    """Somebody compiled torchvision's ResNet-18 and saved it as safetensors: it loads."""
    from torchvision.models import resnet18

    theirs = resnet18().state_dict()
    state = {f"_orig_mod.{name}": tensor for name, tensor in theirs.items()}
    safetensors.torch.save_file(state, tmp_path / "x.safetensors")
    ours = cnnviz.load_weights(cnnviz.build("resnet18"), tmp_path / "x.safetensors", strict=True)
    assert ours.head.linear.weight.equal(theirs["fc.weight"])


def test_a_loss_may_stand_beside_the_network(net, tmp_path):
    """Lightning saved the loss's own tensor beside the network: it loads, and says what is left."""
    state = {f"model.{name}": tensor for name, tensor in net.state_dict().items()}
    content = {"state_dict": {**state, "criterion.weight": torch.ones(10)}, "epoch": 1}
    torch.save(content, tmp_path / "f.ckpt")
    with pytest.warns(WeightsWarning, match=r"no part of the network \(criterion.weight; 1 in all"):
        assert loads(net, tmp_path / "f.ckpt", strict=True)


def test_a_network_in_data_parallel_is_filled(net, tmp_path):
    """Somebody wrapped the network before loading: the wrapped one has the weights."""
    torch.save(net.state_dict(), tmp_path / "x.pth")
    wrapped = nn.DataParallel(cnnviz.build(SMALL))
    assert cnnviz.load_weights(wrapped, tmp_path / "x.pth") is wrapped
    assert wrapped.module.head.output.weight.equal(net.head.output.weight)


def test_of_two_sets_of_weights_the_first_is_taken_and_named(net, tmp_path):
    """timm saved the network and its moving average: the network is loaded, and that is said."""
    average = {name: tensor + 1 for name, tensor in net.state_dict().items()}
    torch.save({"state_dict": net.state_dict(), "state_dict_ema": average}, tmp_path / "x.pth")
    with pytest.warns(
        WeightsWarning, match=r"those of 'state_dict.' were taken, not \['state_dict_ema"
    ):
        assert loads(net, tmp_path / "x.pth")


def test_only_the_moving_average_is_weights_too(net, tmp_path):
    """Somebody kept only state_dict_ema: it loads."""
    torch.save({"state_dict_ema": net.state_dict(), "epoch": 1}, tmp_path / "x.pth")
    assert loads(net, tmp_path / "x.pth", strict=True)


@pytest.mark.parametrize(
    "save",
    [
        lambda net, path: torch.save(net.state_dict(), path),
        lambda net, path: torch.save(net.state_dict(), path, _use_new_zipfile_serialization=False),
        lambda net, path: safetensors.torch.save_file(net.state_dict(), path),
    ],
)
@pytest.mark.parametrize("name", ["x.bin", "x.pth", "x.safetensors", "x.pth.tar", "x.ckpt", "x"])
def test_the_content_decides_and_not_the_suffix(net, tmp_path, save, name):
    """Somebody renamed a safetensors file to .bin, or the other way round: it loads."""
    save(net, tmp_path / name)
    assert loads(net, tmp_path / name, strict=True)


def test_what_scripts_keep_beside_the_weights_is_no_reason_to_refuse(net, tmp_path):
    """Somebody's checkpoint has its options, NumPy numbers and paths in it: it loads."""
    beside = {
        "args": argparse.Namespace(lr=0.1),
        "best": np.float64(91.2),
        "history": np.arange(3),
        "data": Path("pictures"),
        "seen": defaultdict(list, {"cat": [1]}),
    }
    allowed = torch.serialization.get_safe_globals()
    for is_zip in (True, False):
        path = tmp_path / f"{is_zip}.pth"
        torch.save({**beside, "net": net.state_dict()}, path, _use_new_zipfile_serialization=is_zip)
        assert loads(net, path, strict=True)
    assert set(torch.serialization.get_safe_globals()) == set(allowed)


class Writing:
    """Its pickle writes a file when it is opened by a name that options and numbers have too."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return np.save, (str(self.path), 1)


def test_nothing_beside_the_weights_is_run(net, tmp_path):
    """Somebody's checkpoint wants NumPy to write a file: the weights load, nothing is written."""
    torch.save({"net": net.state_dict(), "x": Writing(tmp_path / "trace.npy")}, tmp_path / "x.pth")
    assert loads(net, tmp_path / "x.pth", strict=True)
    assert not (tmp_path / "trace.npy").exists()
    torch.load(tmp_path / "x.pth", weights_only=False)
    assert (tmp_path / "trace.npy").exists(), "it is harmless, and this test tests nothing"


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_pickled_module_is_named_and_told_what_to_save(net, tmp_path, is_zip):
    """Somebody saved the whole network: the sentence says so, and what to save instead."""
    torch.save({"model": net}, tmp_path / "x.pth", _use_new_zipfile_serialization=is_zip)
    said = refusal(tmp_path / "x.pth")
    assert "holds a whole pickled network, and opening it would use cnnviz.architectures" in said
    assert "torch.save(network.state_dict()" in said
    assert "damaged" not in said


def test_a_torchscript_program_is_named_and_told_what_to_save(net, tmp_path):
    """Somebody saved a traced network: the sentence that refuses it gives the line that helps."""
    torch.jit.trace(net, torch.zeros(1, 1, 32, 32)).save(tmp_path / "g.pt")
    said = refusal(tmp_path / "g.pt")
    assert "is a TorchScript program" in said
    line = said.partition("save its weights alone: ")[2].rstrip(".")
    assert line == 'torch.save(torch.jit.load("g.pt").state_dict(), "weights.pth")'
    torch.save(torch.jit.load(tmp_path / "g.pt").state_dict(), tmp_path / "weights.pth")
    assert loads(net, tmp_path / "weights.pth", strict=True)


def test_an_exported_program_is_named(tmp_path):
    """Somebody saved with torch.export: the file is named, and it is not called damaged."""
    program = torch.export.export(nn.Linear(2, 2), (torch.zeros(1, 2),))
    torch.export.save(program, tmp_path / "x.pt2")
    assert "is an exported program (torch.export)" in refusal(tmp_path / "x.pt2")


def compressed(path, net):
    torch.save(net.state_dict(), path.with_suffix(".pth"))
    path.write_bytes(gzip.compress(path.with_suffix(".pth").read_bytes()))


def zipped(path, net):
    torch.save(net.state_dict(), path.with_suffix(".pth"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_suffix(".pth"), "best.pth")


def tarred(path, net):
    torch.save(net.state_dict(), path.with_suffix(".pth"))
    with tarfile.open(path, "w") as archive:
        archive.add(path.with_suffix(".pth"), "best.pth")


def quantised(path, net):
    tensor = torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)
    torch.save({"a.weight": tensor, "a.scale": torch.ones(1)}, path)


def quantised_layers(path, net):
    layers = nn.Sequential(nn.Linear(2, 2))
    convert = torch.ao.quantization.quantize_dynamic
    torch.save(convert(layers, {nn.Linear}, dtype=torch.qint8).state_dict(), path)


def arrays(path):
    with path.open("wb") as file:
        np.savez(file, a=np.ones(3))


OTHERS = {
    "gzip": (compressed, "is compressed with gzip; unpack it first"),
    "zip": (zipped, "is an archive around the weights; unpack it first"),
    "tar": (tarred, "is an archive around the weights; unpack it first"),
    "quantised": (quantised, "holds a quantised network; save the state_dict() of the network"),
    "quantised layers": (quantised_layers, "holds a quantised network; save the state_dict()"),
    "protocol": (
        lambda path, net: torch.save(net.state_dict(), path, pickle_protocol=4),
        "was saved with protocol 4 of pickle, of which only 2 is read",
    ),
    "npz": (lambda path, net: arrays(path), "holds NumPy arrays"),
    "npy": (lambda path, net: path.write_bytes(b"\x93NUMPY\x01\x00"), "is one NumPy array"),
    "keras": (lambda path, net: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(99)), "Keras"),
    "onnx": (
        lambda path, net: path.write_bytes(b"\x08\x09\x12\x07pytorch\x1a\x062.14.1:\xde\x05"),
        "is an ONNX file",
    ),
    "saved model": (lambda path, net: path.write_bytes(b"\x08\x01\x12\xff\x01"), "TensorFlow"),
    "lfs": (
        lambda path, net: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid"),
        "is only a pointer of Git LFS",
    ),
    "json": (lambda path, net: path.write_bytes(b'{"weight_map": {"a": 1}}'), "a text in JSON"),
    "lua": (
        lambda path, net: path.write_bytes(b"\4\0\0\0\1\0\0\0\3\0\0\0V 1\r\0\0\0nn.Sequential"),
        "is a file of Lua Torch",
    ),
    "pickled arrays": (
        lambda path, net: path.write_bytes(pickle.dumps({"a": np.ones(3)}, protocol=2)),
        "save the network's state_dict() alone",
    ),
    "pickled numbers": (
        lambda path, net: path.write_bytes(pickle.dumps({"a": [1.0]}, protocol=2)),
        "is a pickle that torch.save has not written; save the network's state_dict() alone",
    ),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_of_another_tool_is_named_and_not_called_damaged(net, tmp_path, kind):
    """Somebody chose a file of another tool: it is named, with what to do; it is not damaged."""
    write, words = OTHERS[kind]
    write(tmp_path / "x.bin", net)
    said = refusal(tmp_path / "x.bin")
    assert words in said
    assert "damaged" not in said


def test_a_folder_of_a_distributed_checkpoint_is_named(net, tmp_path):
    """Somebody saved with torch.distributed.checkpoint: the sentence says how to make one file."""
    import torch.distributed.checkpoint as dcp
    from torch.distributed.checkpoint.format_utils import dcp_to_torch_save

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dcp.save({"model": net.state_dict()}, checkpoint_id=tmp_path / "saved", no_dist=True)
    assert "dcp_to_torch saved weights.pth" in refusal(tmp_path / "saved")
    dcp_to_torch_save(tmp_path / "saved", tmp_path / "weights.pth")
    assert loads(net, tmp_path / "weights.pth", strict=True)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_load(net, tmp_path, dtype):
    """Somebody saved the network in half, bfloat16 or double: it loads as float32."""
    torch.save({k: v.to(dtype) for k, v in net.state_dict().items()}, tmp_path / "x.pth")
    fresh = cnnviz.load_weights(cnnviz.build(SMALL), tmp_path / "x.pth", strict=True)
    assert {p.dtype for p in fresh.parameters()} == {torch.float32}
    for ours, theirs in zip(fresh.parameters(), net.parameters(), strict=True):
        assert ours.equal(theirs.to(dtype).float())


def test_weights_that_fit_by_their_order_alone_name_the_doubt(tmp_path):
    """Somebody loaded torchvision's ResNet-50 into the paper's, of other strides: it is said."""
    from torchvision.models import resnet50

    torch.save(resnet50().state_dict(), tmp_path / "resnet50.pth")
    with torch.device("meta"):
        networks = [cnnviz.build("resnet50") for _ in range(2)]
    with pytest.warns(WeightsWarning, match="torchvision's resnet50, which is resnet50_v1_5 here"):
        cnnviz.load_weights(networks[0], tmp_path / "resnet50.pth")
    with pytest.raises(WeightsError, match=r"cannot be seen.* With strict=True such weights are n"):
        cnnviz.load_weights(networks[1], tmp_path / "resnet50.pth", strict=True)
