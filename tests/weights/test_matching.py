import math

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.architectures import ARCHITECTURES, build, specify, variant, variants
from cnnviz.weights.matching import fitted
from cnnviz.weights.names import plain_names
from cnnviz.weights.state_dict import SavedWeights, WeightsError
from tests.networks import meta_of
from tests.weights.in_memory import load_state_dict, read_state_dict

TWINS = [name for name in variants() if variant(name).torchvision]


def meta(name, **settings):
    with torch.device("meta"):
        return build(name, **settings)


def torchvision_model(name):
    """torchvision's model of a variant with random weights under which signals keep their size."""
    from torchvision.models import get_model

    with torch.device("meta"):
        model = get_model(variant(name).torchvision, weights=None)
    model = model.to_empty(device="cpu").eval()
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            bound = math.sqrt(6 / module.weight[0].numel())
            module.weight.data.uniform_(-bound, bound)
            if module.bias is not None:
                module.bias.data.uniform_(-0.1, 0.1)
        elif isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1)
            module.bias.data.uniform_(-0.1, 0.1)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.num_batches_tracked.fill_(7)
    return model


def relative_error(result, expected):
    return ((result - expected).abs().max() / expected.abs().max()).item()


def torchvision_state(name):
    """Names and shapes of torchvision's tensors, without numbers."""
    from torchvision.models import get_model

    with torch.device("meta"):
        return get_model(variant(name).torchvision, weights=None).state_dict()


@pytest.fixture
def squeezenet():
    """A small torchvision state dict with random weights."""
    torch.manual_seed(0)
    return torchvision_model("squeezenet1_1").state_dict()


@pytest.mark.parametrize("name", TWINS)
def test_with_torchvisions_weights_the_logits_are_torchvisions(name):
    from torchvision.models import get_model_weights

    torch.manual_seed(0)
    theirs = torchvision_model(name)
    smallest = get_model_weights(variant(name).torchvision)["IMAGENET1K_V1"].meta["min_size"]
    image = torch.randn(2, 3, *(max(64, side) for side in smallest))
    ours = load_state_dict(meta(name), theirs.state_dict(), "a test")
    with torch.no_grad():
        expected, pair = theirs(image), ours(image)
    assert expected.isfinite().all()
    assert expected.std(dim=1).min() > 1e-3 * expected.abs().max()
    assert relative_error(pair, expected) < 1e-5
    assert relative_error(expected[0], expected[1]) > 1e-3, "the image makes no difference"


@pytest.mark.parametrize("name", variants())
def test_all_that_a_network_needs_is_in_its_state_dict(name):
    network = meta_of(name)
    tensors = [*network.named_parameters(), *network.named_buffers()]
    assert network.state_dict().keys() == {key for key, _ in tensors}


def test_a_meta_network_takes_the_tensors_themselves():
    torch.manual_seed(0)
    state = torchvision_model("resnet18").state_dict()
    network = load_state_dict(meta("resnet18"), state, "a test")
    assert network.stem.conv.weight.data_ptr() == state["conv1.weight"].data_ptr()
    assert not any(tensor.is_meta for tensor in network.state_dict().values())
    assert network.stem.norm.num_batches_tracked == 0
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in network.parameters())


def test_another_network_keeps_its_parameters_and_its_mode(squeezenet):
    network = build("squeezenet1_1").train()
    before = [id(parameter) for parameter in network.parameters()]
    assert load_state_dict(network, squeezenet, "a test") is network
    assert [id(parameter) for parameter in network.parameters()] == before
    assert network.stem.conv.weight.equal(squeezenet["features.0.weight"])
    assert network.stem.conv.weight.data_ptr() != squeezenet["features.0.weight"].data_ptr()
    assert network.training
    assert not load_state_dict(network.eval(), squeezenet, "a test").training


def test_our_own_names_need_no_order():
    torch.manual_seed(0)
    trained = build("resnet20_cifar")
    trained.stem.norm.num_batches_tracked.fill_(7)
    state = dict(reversed(trained.state_dict().items()))
    network = load_state_dict(meta("resnet20_cifar"), state, "a test", ordered=False)
    for key, tensor in network.state_dict().items():
        assert key.endswith("num_batches_tracked") or tensor.equal(state[key])


def test_torchvisions_names_need_no_order(squeezenet):
    shuffled = dict(sorted(squeezenet.items()))
    assert list(shuffled) != list(squeezenet)
    for ordered in (False, True):
        network = load_state_dict(meta("squeezenet1_1"), shuffled, "a test", ordered)
        pairs = zip(network.state_dict().values(), squeezenet.values(), strict=True)
        assert all(ours.equal(theirs) for ours, theirs in pairs)


def test_other_names_go_by_order(squeezenet):
    renamed = {f"layer{i}.{k.rpartition('.')[2]}": v for i, (k, v) in enumerate(squeezenet.items())}
    network = load_state_dict(meta("squeezenet1_1"), renamed, "a test")
    pairs = zip(network.state_dict().values(), squeezenet.values(), strict=True)
    assert all(ours.equal(theirs) for ours, theirs in pairs)
    with pytest.raises(WeightsError, match=r"this network: features.0.weight is missing\."):
        load_state_dict(meta("squeezenet1_1"), renamed, "a test", ordered=False)


def test_weights_that_went_by_their_order_say_so(squeezenet):
    network = load_state_dict(meta("squeezenet1_1"), squeezenet, "x.pth", strict=True)
    assert network.remarks == ()
    renamed = {f"x{name}": tensor for name, tensor in squeezenet.items()}
    (remark,) = load_state_dict(network, renamed, "x.pth").remarks
    assert remark.startswith("x.pth: Its names are unknown, so its 52 tensors were taken in their")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(WeightsError, match=r"taken in their order.*strict=True"):
        load_state_dict(network, {k: v + 1 for k, v in renamed.items()}, "x.pth", strict=True)
    assert all(tensor.equal(before[name]) for name, tensor in network.state_dict().items())


def test_some_known_names_do_not_stand_in_the_way_of_the_order(squeezenet):
    renamed = {k.replace("classifier.1", "classifier.last"): v for k, v in squeezenet.items()}
    (remark,) = load_state_dict(meta("squeezenet1_1"), renamed, "x.pth").remarks
    assert remark.startswith("x.pth: Only 50 of its 52 names are known, so its 52 tensors were")


def test_names_of_another_networks_model_are_named():
    state = torchvision_state("resnet50_v1_5")
    (remark,) = load_state_dict(meta("resnet50"), state, "resnet50.pth").remarks
    assert "names are those of torchvision's resnet50, which is resnet50_v1_5 here" in remark


@pytest.mark.parametrize("name", [next(iter(family.variants)) for family in ARCHITECTURES])
def test_the_number_of_classes_and_channels_is_read_from_the_shapes(name):
    spec = specify(name)
    for settings in ({"num_classes": 7}, {"num_classes": 1, "in_channels": 4 - spec.in_channels}):
        saved = SavedWeights("a test", {"": meta(name, **settings).state_dict()})
        assert fitted(spec, saved) == specify(name, **settings)


def test_a_network_with_a_head_of_ones_own_is_filled_by_its_own_names():
    torch.manual_seed(0)
    first, second = build("resnet20_cifar"), build("resnet20_cifar")
    for network in (first, second):
        network.head.linear = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 3))
    load_state_dict(second, first.state_dict(), "a test", strict=True)
    assert second.head.linear[2].weight.equal(first.head.linear[2].weight)


def test_a_network_of_other_shapes_keeps_its_specification():
    saved = SavedWeights("a test", {"": meta_of("lenet5").state_dict()})
    assert fitted(specify("resnet18"), saved) == specify("resnet18")


def test_heads_that_only_training_uses_are_left_out():
    extra = {"AuxLogits.fc.weight": torch.empty(1000, 768, device="meta")}
    load_state_dict(meta("resnet18"), torchvision_state("resnet18") | extra, "a test")


def test_torchvisions_older_names_are_known():
    old = {"features.denseblock1.denselayer1.norm.1.weight": torch.ones(1)}
    assert list(plain_names(old)) == ["features.denseblock1.denselayer1.norm1.weight"]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_the_networks(squeezenet, dtype):
    state = {key: tensor.to(dtype) for key, tensor in squeezenet.items()}
    network = load_state_dict(meta("squeezenet1_1"), state, "a test")
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}
    pairs = zip(network.state_dict().values(), state.values(), strict=True)
    assert all(ours.equal(theirs.float()) for ours, theirs in pairs)


def test_any_memory_format_becomes_the_usual_one(squeezenet):
    state = {
        key: tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor
        for key, tensor in squeezenet.items()
    }
    network = load_state_dict(meta("squeezenet1_1"), state, "a test")
    assert all(parameter.is_contiguous() for parameter in network.parameters())


def misfit(network, state, ordered=True):
    with pytest.raises(WeightsError) as caught:
        load_state_dict(network, state, "resnet18.pth", ordered)
    return str(caught.value).removeprefix("resnet18.pth does not fit this network: ")


def test_another_number_of_classes_is_named():
    assert misfit(meta("resnet18", num_classes=10), torchvision_state("resnet18")) == (
        "head.linear.weight must be (10, 512); the file has fc.weight of (1000, 512)."
    )
    assert misfit(meta("resnet18", num_classes=10), meta("resnet18").state_dict()) == (
        "head.linear.weight must be (10, 512); the file has head.linear.weight of (1000, 512)."
    )


def without(state, name):
    return {key: tensor for key, tensor in state.items() if key != name}


def test_a_missing_tensor_is_named():
    theirs, ours = torchvision_state("resnet18"), meta("resnet18").state_dict()
    counts = "(the network has 102 tensors, the file 101)."
    for ordered in (False, True):
        for name in ("fc.bias", "bn1.bias"):
            assert misfit(meta("resnet18"), without(theirs, name), ordered) == (
                f"{name} is missing {counts}"
            )
        assert misfit(meta("resnet18"), without(ours, "stem.norm.bias"), ordered) == (
            f"stem.norm.bias is missing {counts}"
        )
    unknown = {f"x{name}": tensor for name, tensor in theirs.items()}
    assert misfit(meta("resnet18"), without(unknown, "xfc.bias")) == (
        f"there is nothing for head.linear.bias {counts}"
    )
    # Without the last part of the names, running_mean would be taken for the bias.
    assert misfit(meta("resnet18"), without(unknown, "xbn1.bias")) == (
        f"stem.norm.bias must be (64,); the file has xbn1.running_mean of (64,) {counts}"
    )


def test_a_superfluous_tensor_is_named():
    extra = {"fc2.weight": torch.empty(3)}
    counts = "(the network has 102 tensors, the file 103)."
    for state in (torchvision_state("resnet18"), meta("resnet18").state_dict()):
        for ordered in (False, True):
            assert misfit(meta("resnet18"), state | extra, ordered) == (
                f"it has no place for fc2.weight {counts}"
            )


def test_what_cannot_be_undone_is_told_before_saving():
    network = build("lenet5_full")
    nn.utils.parametrizations.orthogonal(network.head.f6)
    said = misfit(meta("lenet5_full"), network.state_dict())
    assert "head.f6.weight is missing" in said
    assert "remove_parametrizations() comes before saving" in said
    assert "save a FULL_STATE_DICT" in misfit(meta("lenet5"), {"_flat_param": torch.ones(9)})


def test_whole_numbers_are_no_weights():
    state = torchvision_state("resnet18")
    state["conv1.weight"] = state["conv1.weight"].to(torch.int8)
    assert misfit(meta("resnet18"), state) == (
        "stem.conv.weight must be (64, 3, 7, 7); the file has conv1.weight of (64, 3, 7, 7), int8."
    )


def test_a_network_that_tensors_do_not_fit_is_unchanged(squeezenet):
    network = build("squeezenet1_1")
    before = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    misfit(network, without(squeezenet, "classifier.1.bias"))
    misfit(network, squeezenet | {"classifier.1.bias": torch.ones(7)})
    assert all(tensor.equal(before[key]) for key, tensor in network.state_dict().items())


def test_the_published_cifar_resnet_answers_right(test_data):
    state = read_state_dict(test_data / "weights" / "cifar10" / "resnet20-12fca82f.th")
    network = load_state_dict(meta("resnet20_cifar"), state, "resnet20-12fca82f.th")
    with np.load(test_data / "cifar10-lossless-4000" / "train_first4000.npz") as data:
        images, labels = torch.from_numpy(data["images"]), torch.from_numpy(data["labels"])
    mean, std = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))
    with torch.no_grad():
        answers = [
            network(((batch / 255 - mean) / std).permute(0, 3, 1, 2)).argmax(dim=1)
            for batch in images.split(250)
        ]
    assert (torch.cat(answers) == labels).float().mean() >= 0.995
