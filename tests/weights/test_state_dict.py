"""Reading a state dict from a file: safely, whole, or not at all."""

import io
import os
import pickle
import random

import pytest
import safetensors.torch
import torch
from torch import nn

from cnnviz.weights.state_dict import WeightsError, read_weights
from tests.weights.in_memory import read_state_dict


def test_a_file_of_either_format_gives_back_its_tensors(tmp_path):
    tensors = {"b.weight": torch.randn(3, 2), "a.bias": torch.randn(3)}
    torch.save(tensors, tmp_path / "x.pth")
    torch.save(tensors, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(tensors, tmp_path / "x.safetensors")
    for name in ("x.pth", "old.pth", "x.safetensors"):
        contents = read_state_dict(tmp_path / name)
        assert contents.keys() == tensors.keys()
        assert all(contents[key].equal(tensors[key]) for key in tensors)
    assert list(read_state_dict(str(tmp_path / "x.pth"))) == ["b.weight", "a.bias"]


@pytest.mark.parametrize("file", ["x.pth", "x.safetensors"])
def test_tensors_outlive_their_file(tmp_path, file):
    tensors, path = {"a": torch.arange(100_000.0)}, tmp_path / file
    if file.endswith("pth"):
        torch.save(tensors, path)
    else:
        safetensors.torch.save_file(tensors, path)
    contents = read_state_dict(path)
    path.write_bytes(b"")
    assert contents["a"].equal(tensors["a"])


@pytest.mark.parametrize("key", ["state_dict", "model", "model_state_dict", "net", "ema"])
def test_a_state_dict_inside_a_checkpoint_is_unwrapped(tmp_path, key):
    torch.save({"epoch": 3, key: {"module.a": torch.ones(1)}}, tmp_path / "x.pth")
    assert read_state_dict(tmp_path / "x.pth") == {"module.a": torch.ones(1)}
    assert read_weights(tmp_path / "x.pth").state_dicts.keys() == {key}


@pytest.mark.parametrize("is_zip", [True, False])
def test_tensors_of_a_graphics_card_come_to_the_cpu(tmp_path, monkeypatch, is_zip):
    with monkeypatch.context() as patch:
        patch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:1")
        path = tmp_path / "x.pth"
        torch.save({"a": torch.ones(3)}, path, _use_new_zipfile_serialization=is_zip)
    assert b"cuda:1" in path.read_bytes()
    assert read_state_dict(path)["a"].device.type == "cpu"


def test_a_dictionary_that_holds_itself_is_read_once(tmp_path):
    content = {"a": torch.ones(1)}
    content["self"] = content["again"] = content
    torch.save(content, tmp_path / "x.pth")
    assert read_weights(tmp_path / "x.pth").state_dicts == {"": {"a": torch.ones(1)}}


def test_shapes_are_read_without_numbers(tmp_path):
    tensors = {"a": torch.ones(3, 2), "n": torch.ones(2, dtype=torch.int32)}
    tensors |= {str(dtype): torch.ones(1, dtype=dtype) for dtype in (torch.half, torch.bfloat16)}
    torch.save(tensors, tmp_path / "x.pth")
    torch.save(tensors, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(tensors, tmp_path / "x.safetensors")
    for name in ("x.pth", "old.pth", "x.safetensors"):
        (state_dict,) = read_weights(tmp_path / name, "meta").state_dicts.values()
        assert all(tensor.is_meta for tensor in state_dict.values())
        for key, tensor in tensors.items():
            assert state_dict[key].shape == tensor.shape
            assert state_dict[key].is_floating_point() == tensor.is_floating_point()


class Malicious:
    """Its pickle creates a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("kind", ["zip", "old", "pickle"])
def test_a_file_that_wants_to_run_code_is_refused(tmp_path, kind):
    path, trace = tmp_path / "bad.pth", tmp_path / "trace"
    content = {"a": Malicious(trace)}
    if kind == "pickle":
        path.write_bytes(pickle.dumps(content, protocol=2))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=kind == "zip")
    with pytest.raises(WeightsError, match=r"bad.pth was not opened because it wants to use \w+.m"):
        read_state_dict(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Malicious(trace)))
    assert trace.exists(), "the pickle is harmless, and this test tests nothing"


def test_a_whole_model_is_refused_with_advice(tmp_path):
    torch.save(nn.Linear(2, 2), tmp_path / "model.pth")
    with pytest.raises(WeightsError, match=r"use torch.*Linear, .* save the network's state_dict"):
        read_state_dict(tmp_path / "model.pth")


def saved(tensors, suffix):
    if suffix == ".safetensors":
        return safetensors.torch.save(tensors)
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_what_is_no_such_file_is_refused(tmp_path, suffix):
    whole = saved({"a": torch.randn(1000)}, suffix)
    contents = {
        "empty": (b"", "is empty; copy or download"),
        "garbage": (b"\x93" * 999, "is damaged or is no file of weights .*; copy or download"),
        "cut": (whole[:-500], "is damaged; copy or download"),
        "web": (b"<html></html>", "is a web page, not weights .*; download"),
    }
    for name, (content, words) in contents.items():
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=f"{name}{suffix} {words}"):
            read_state_dict(path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_what_cannot_be_read_is_named(tmp_path, suffix):
    with pytest.raises(WeightsError, match=rf"missing{suffix} cannot be read \(No such file"):
        read_state_dict(tmp_path / f"missing{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(WeightsError, match=rf"folder{suffix} cannot be read \(Is a directory"):
        read_state_dict(tmp_path / f"folder{suffix}")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_with_any_damage_is_read_or_refused(tmp_path, suffix):
    rng, path = random.Random(0), tmp_path / f"damaged{suffix}"
    whole = saved({"a.weight": torch.randn(4, 4), "a.bias": torch.randn(4)}, suffix)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 4, 16))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            assert read_state_dict(path)
        except WeightsError:
            refused += 1
    assert refused > 30


PLAIN = torch.ones(3)

CONTENTS = {
    "number": (3, "must hold a dictionary of tensors; received int."),
    "list": ([PLAIN], "must hold a dictionary of tensors; received list."),
    "tensor": (PLAIN, "dictionary of tensors; received strided tensor of float32 on cpu."),
    "nothing": ({}, "must hold a dictionary of tensors; received an empty one."),
    "checkpoint": ({"epoch": 3}, "must hold tensors by name alone; received int under 'epoch'."),
    "numbers": ({1: PLAIN}, "received strided tensor of float32 on cpu under 1."),
    "sparse": ({"a": PLAIN.to_sparse()}, "received sparse_coo tensor of float32 on cpu under 'a'."),
    "complex": ({"a": PLAIN.cfloat()}, "received strided tensor of complex64 on cpu under 'a'."),
    "meta": ({"a": PLAIN.to("meta")}, "received strided tensor of float32 on meta under 'a'."),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", CONTENTS)
def test_other_contents_are_named(tmp_path, name):
    content, sentence = CONTENTS[name]
    torch.save(content, tmp_path / "other.pth")
    with pytest.raises(WeightsError) as caught:
        read_state_dict(tmp_path / "other.pth")
    assert sentence in str(caught.value)
