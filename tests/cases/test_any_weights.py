"""Weights in any wrapping: prefixes, dictionaries and tensors beside them, drawn by hypothesis."""

import warnings

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnviz
from cnnviz.weights.loading import WeightsWarning
from cnnviz.weights.state_dict import WeightsError
from tests.weights.in_memory import load_state_dict


@pytest.fixture(scope="module")
def net():
    """A small network with weights of its own."""
    torch.manual_seed(5)
    return cnnviz.build("lenet5_full")


PARTS = st.sampled_from(["net", "model", "encoder", "0", "backbone", "module", "_orig_mod", "ä"])
PREFIX = st.lists(PARTS, max_size=3).map(lambda parts: "".join(f"{part}." for part in parts))
EXTRA = st.dictionaries(
    st.sampled_from(["loss.weight", "teacher.weight", "n_averaged", "zz.running_mean"]),
    st.sampled_from([(10,), (), (2, 3, 1, 1)]).map(torch.ones),
    max_size=3,
)
WRAP = st.lists(st.sampled_from(["net", "state_dict", "model", "ckpt", "epoch"]), max_size=3)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(PREFIX, EXTRA, WRAP, st.booleans(), st.booleans())
def test_wrappers_prefixes_and_extra_tensors_of_any_kind(
    tmp_path_factory, net, prefix, extra, wrap, is_torchs, is_reversed
):
    """Whatever stands around and beside a network's tensors, and in whatever order: it loads."""
    items = [(f"{prefix}{name}", tensor) for name, tensor in net.state_dict().items()]
    state = dict(items[::-1] if is_reversed else items)
    # Beside a network without a prefix of its own they would be parts of it.
    if any(part not in ("module", "_orig_mod") for part in prefix.split(".") if part):
        state |= extra
    path = tmp_path_factory.mktemp("fuzz") / "x"
    if is_torchs:
        content = state
        for key in wrap:
            content = {"epoch": 1, "optimizer": {"state": {0: torch.ones(3)}}, key: content}
        torch.save(content, path)
    else:
        safetensors.torch.save_file(state, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WeightsWarning)
        fresh = cnnviz.load_weights(cnnviz.build("lenet5_full"), path, strict=True)
    pairs = zip(fresh.parameters(), net.parameters(), strict=True)
    assert all(ours.equal(theirs) for ours, theirs in pairs)


NAMES = st.text(st.sampled_from("abw.01_"), min_size=1, max_size=8)
TENSORS = st.sampled_from([torch.ones(6), torch.ones(6, 1, 5, 5), torch.tensor(3), torch.ones(0)])


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.dictionaries(NAMES, TENSORS, min_size=1, max_size=8), st.booleans())
def test_any_other_tensors_are_refused_in_one_sentence(net, tensors, ordered):
    """Whatever tensors a file holds that are no such network's: one sentence, network unchanged."""
    before = [parameter.clone() for parameter in net.parameters()]
    with pytest.raises(WeightsError, match=r"^a file does not fit this network: .*\.$"):
        load_state_dict(net, tensors, "a file", ordered)
    assert all(a.equal(b) for a, b in zip(net.parameters(), before, strict=True))
