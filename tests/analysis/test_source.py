"""The stand-alone files: they run without this package and are the same networks."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
from functools import cache

import pytest
import torch

from cnnviz.analysis.source import source
from cnnviz.analysis.source.definitions import Cut
from cnnviz.architectures import ARCHITECTURES, build, specify, variants
from cnnviz.architectures.written import read
from tests.edge_cases import edge_cases
from tests.networks import DEEPER, SHALLOWEST, blocks_of

# Prints the state dict of every file of a folder, in a Python that does not know this package.
SHAPES = """
import importlib.util, json, pathlib, sys, torch
assert importlib.util.find_spec("cnnviz") is None
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with torch.device("meta"):
        network = module.build()
    assert not network.training
    shapes = [(name, list(tensor.shape)) for name, tensor in network.state_dict().items()]
    print(json.dumps([path.stem, shapes, sum(p.numel() for p in network.parameters())]))
"""
# Small networks that between them take every kind of layer of ours that has its own forward.
SMALL = (
    "mlp,hidden_units=64",
    "lenet5",
    "lenet5,num_classes=12",
    "lenet5_full,c3=table",
    "alexnet,hidden_units=256,width=0.25,num_classes=10",
    "zfnet,hidden_units=256,num_classes=10,stem=cifar",
    "nin_cifar,width=0.25",
    "vgg11_lrn,hidden_units=256,width=16,num_classes=10",
    "googlenet_aux,width=0.25,num_classes=10",
    "googlenet_torchvision,width=0.25,num_classes=10",
    "dsn_cifar,width=0.25",
    "all_cnn_c_cifar,width=32",
    "highway19_cifar",
    "inception_v3,factorised=false,auxiliary=true,num_classes=10,resolution=160",
    "resnet20_cifar",
    "resnet50,width=16,shortcut=C,in_channels=1,resolution=64",
    "squeezenet1_1,num_classes=10,resolution=64",
    "preact_resnet110_cifar,stage1_blocks=2,stage2_blocks=2,stage3_blocks=2,shortcut=exclusive-gating",
    "preact_resnet18,width=16,shortcut=frozen-gating,order=original,dimension_shortcut=A",
    "stochastic_depth110_cifar,blocks=3",
    "wide_resnet16_4_cifar,widening_factor=1",
    "fractalnet21_cifar,width=16",
    "densenet_bc100_k12_cifar,growth_rate=4",
    "simple_densenet,dropout=0.2",
)


@cache
def file_of(name):
    """The file of a published variant."""
    return source(specify(name))


def run_alone(folder, *arguments):
    """What a Python that does not know this package prints."""
    command = [sys.executable, "-I", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shapes(spec):
    with torch.device("meta"):
        network = build(spec)
    tensors = [[name, list(tensor.shape)] for name, tensor in network.state_dict().items()]
    return tensors, sum(p.numel() for p in network.parameters())


def edges_of(family):
    """The family's edge cases, each with the fields in which it differs from the default."""
    default = family.config()
    for config in edge_cases(family.config):
        changed = [name for name, value in vars(config).items() if value != getattr(default, name)]
        yield config, {type(getattr(config, name)) for name in changed}


def other_branches():
    """A word or a flag takes another branch; a number only changes a literal (see below)."""
    specs = {}
    for family in ARCHITECTURES:
        first = next(iter(family.variants))
        for number, (config, changed) in enumerate(edges_of(family)):
            if changed <= {str, bool}:
                spec = specify(first, num_classes=7, in_channels=1, **vars(config))
                specs[f"{family.name}_{number}"] = spec
    return specs


@pytest.mark.parametrize(
    "names",
    [tuple(SHALLOWEST.values()), pytest.param(variants(), marks=pytest.mark.slow)],
    ids=["kinds of blocks", "variants"],
)
def test_every_variant_and_every_other_branch_is_the_same_network(names, tmp_path):
    assert len(other_branches()) > 60
    specs = {name: specify(name) for name in names} | other_branches()
    for name, spec in specs.items():
        (tmp_path / f"{name}.py").write_text(source(spec), encoding="utf-8")
    lines = run_alone(tmp_path, "-c", SHAPES, str(tmp_path)).splitlines()
    exported = {name: (tensors, params) for name, tensors, params in map(json.loads, lines)}
    assert exported.keys() == specs.keys()
    for name, spec in specs.items():
        assert exported[name] == shapes(spec), name


@pytest.mark.parametrize("name", DEEPER)
def test_a_deeper_variant_is_the_code_of_a_shallower_one_with_its_own_numbers(name, tmp_path):
    code = [
        re.sub(r"^(    \w+: \w+) = [\d.]+$|num_classes=\d+", r"\1", file_of(variant), flags=re.M)
        for variant in (name, SHALLOWEST[blocks_of(name)])
    ]
    assert code[0].partition("\nfrom ")[2] == code[1].partition("\nfrom ")[2]
    path = tmp_path / "network.py"
    path.write_text(file_of(name), encoding="utf-8")
    config = specify(name).config
    assert vars(getattr(imported(path), type(config).__name__)()) == vars(config)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_every_edge_case_is_written_with_its_values(family, tmp_path):
    path, first = tmp_path / "network.py", next(iter(family.variants))
    for config, _ in edges_of(family):
        path.write_text(source(specify(first, **vars(config))), encoding="utf-8")
        exported = getattr(imported(path), family.config.__name__)()
        assert vars(exported) == vars(config)


def imported(path):
    spec = importlib.util.spec_from_file_location(f"exported_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
    return module


@pytest.mark.parametrize("written", SMALL)
def test_with_the_same_weights_it_gives_the_same_logits(written, tmp_path):
    torch.manual_seed(0)
    network = read(written)
    path = tmp_path / "network.py"
    path.write_text(source(network.spec, network.resolution), encoding="utf-8")
    ours, exported = build(network.spec), imported(path).build()
    assert list(exported.state_dict()) == list(ours.state_dict())
    exported.load_state_dict(ours.state_dict())
    side = network.resolution
    images = torch.randn(2, network.spec.in_channels, side, side)
    with torch.no_grad():
        expected = ours(images)
        assert expected.shape == (2, network.spec.num_classes)
        torch.testing.assert_close(exported(images), expected, rtol=0, atol=0)


def test_the_small_networks_cover_every_family():
    named = {read(written).spec.variant for written in SMALL}
    assert all(named & set(family.variants) for family in ARCHITECTURES)


def test_the_same_seed_draws_the_same_weights(tmp_path):
    path = tmp_path / "network.py"
    path.write_text(source(specify("lenet5")), encoding="utf-8")
    torch.manual_seed(3)
    ours = build("lenet5").state_dict()
    torch.manual_seed(3)
    exported = imported(path).build().state_dict()
    assert all(exported[key].equal(ours[key]) for key in ours)


def test_as_a_script_it_prints_its_parameter_count(tmp_path):
    paths = []
    for name in ("resnet18", "lenet5"):
        paths.append(tmp_path / f"{name}.py")
        paths[-1].write_text(source(specify(name)), encoding="utf-8")
    both = "import runpy, sys; [runpy.run_path(path, None, '__main__') for path in sys.argv[1:]]"
    printed = run_alone(tmp_path, "-c", both, *map(str, paths))
    assert printed == "11,689,512 parameters\n60,000 parameters\n"


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_it_needs_only_torch(family):
    for name in family.variants:
        roots = set()
        for node in ast.walk(ast.parse(file_of(name))):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots.add(node.module.partition(".")[0])
        assert roots - set(sys.stdlib_module_names) == {"torch"}, name


def test_every_file_is_written_as_a_formatter_and_a_linter_want_it(tmp_path):
    for name in variants():
        (tmp_path / f"{name}.py").write_text(file_of(name), encoding="utf-8")
    rules = ("--isolated", "--line-length=100", "--target-version=py311")
    for command in (("check", "--select=E,F,W,I,UP,B,C4,SIM"), ("format", "--diff")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *rules, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def defined(text):
    return {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_nothing_is_defined_that_nothing_uses(family):
    tree = ast.parse(source(specify(next(iter(family.variants)))))
    statements = [
        n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.Assign)
    ]
    for node in statements:
        targets = node.targets if isinstance(node, ast.Assign) else []
        names = [t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name)]
        used = {
            part.id
            for other in tree.body
            if other is not node
            for part in ast.walk(other)
            if isinstance(part, ast.Name)
        }
        assert used.intersection(names or [node.name]), ast.unparse(node)[:80]


def test_what_belongs_to_this_package_stays_behind():
    ours = re.compile(r"\((?:Config|Layer)\)|NetworkSpec|def (?:check|macs)|\bkind = |cnnviz\.")
    declared = re.compile(r"(?<![.\w])(?:choice|steps|flag|initialisation)\(")
    for name in variants():
        text = file_of(name)
        assert not ours.search(text), name
        assert not declared.search(text), name
    assert "class PaddedShortcut(nn.Module):" in source(specify("resnet20_cifar"))
    assert not defined(source(specify("vgg16"))) & {"Branches", "Gate", "Layer", "batch_normalised"}


def test_the_file_says_what_it_is():
    text = source(specify("resnet50", width=32, num_classes=10), 160)
    header = " ".join(ast.get_docstring(ast.parse(text)).split())
    assert header.startswith("ResNet-50 with changed settings, written by cnnviz:")
    assert "Settings: resnet50, with width=32, num_classes=10." in header
    assert "images (N, 3, 160, 160)" in header
    assert "logits (N, 10)" in header
    assert "weights are random, drawn as the paper says" in header
    assert "https://arxiv.org/abs/1512.03385" in header
    assert "\n    # Channels of the stem; each stage doubles.\n    width: int = 32\n" in text


def test_a_configuration_that_another_one_makes_has_its_values():
    text = source(specify("stochastic_depth110_cifar", blocks=3))
    assert "\n    stage1_blocks: int = 3\n" in text
    assert '\n    shortcut: str = "A"\n' in text


def test_the_shared_pieces_and_another_papers_are_told_apart():
    text = source(specify("preact_resnet18"))
    shared = text.index("# What networks of several papers share.")
    borrowed = text.index("# From: Deep Residual Learning for Image Recognition")
    own = text.index("# From: Identity Mappings in Deep Residual Networks")
    assert shared < borrowed < text.index("class PaddedShortcut") < own < text.index("class Unit")


def test_two_meanings_of_a_name_are_refused():
    cut = Cut(specify("resnet18").config)
    cut.follow("projection", "cnnviz.architectures.resnet")
    with pytest.raises(
        NameError, match=r"projection is defined in .*resnet and in .*preact_resnet"
    ):
        cut.follow("projection", "cnnviz.architectures.preact_resnet")
