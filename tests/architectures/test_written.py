import pytest

from cnnviz.architectures import specify, variant, variants
from cnnviz.architectures.written import SizedNetwork, read


@pytest.mark.parametrize("name", variants())
def test_a_published_network_is_written_by_its_name(name):
    network = read(name)
    assert network.spec == specify(name)
    assert str(network) == name


@pytest.mark.parametrize(
    "written",
    [
        "resnet50,width=32,shortcut=A,num_classes=10,resolution=160",
        "vgg16,batch_norm=true,in_channels=1",
        "mlp,resolution=96",
        "densenet121,compression=1.0",
    ],
)
def test_what_differs_is_written_and_read(written):
    network = read(written)
    assert set(str(network).split(",")) == set(written.split(","))
    assert read(str(network)) == network


def test_a_value_may_hold_a_comma():
    config = variant("all_cnn_c_cifar").config
    field = next(h for h in config.hyperparameters() if any("," in str(o) for o in h.options))
    value = next(o for o in field.options if "," in str(o) and o != getattr(config, field.name))
    network = SizedNetwork(specify("all_cnn_c_cifar", **{field.name: value}), 64)
    assert read(str(network)) == network


def test_settings_reach_the_network():
    network = read("vgg16,batch_norm=true,resolution=64,num_classes=10")
    assert network == SizedNetwork(specify("vgg16", num_classes=10, batch_norm=True), 64)


@pytest.mark.parametrize(
    ("written", "error", "message"),
    [
        ("resnet19", KeyError, "resnet19 is no variant"),
        ("vgg16,depth=3", KeyError, "depth is no hyperparameter"),
        ("vgg16,width", ValueError, "A setting must be written name=value; received 'width'."),
        ("vgg16,width=63", ValueError, "width must be one of"),
        ("vgg16,resolution=0", ValueError, "resolution must be between 1 and 4096 px; received 0."),
        ("vgg16,num_classes=x", ValueError, "num_classes must be a whole number; received 'x'."),
        ("vgg16,in_channels=2", ValueError, "in_channels must be 1 or 3; received 2."),
    ],
)
def test_what_cannot_be_read_is_one_sentence(written, error, message):
    with pytest.raises(error, match=message):
        read(written)
