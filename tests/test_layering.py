"""The imports point one way (see the README's section on the tree)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cnnviz"

# What each part may import of ours, besides itself.
ALLOWED = {
    "hyperparameters": set(),
    "architectures": {"hyperparameters"},
    "analysis": {"architectures", "hyperparameters"},
    "vision": {"architectures", "hyperparameters"},
    # Of vision, what opens pictures: the visitor's own are read by the same rules everywhere.
    "training": {"vision", "architectures", "hyperparameters"},
    "runs": {"training", "vision", "architectures", "hyperparameters"},
    "lab": {"vision", "analysis", "architectures", "hyperparameters"},
    "figures": set(),
    "ui": {
        "lab",
        "runs",
        "training",
        "analysis",
        "vision",
        "figures",
        "architectures",
        "hyperparameters",
    },
}
ALLOWED["commands"] = ALLOWED.keys() - {"ui"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parts(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("cnnviz.")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    part = part_of(path)
    if part in ("__init__", "__main__"):
        return
    assert parts(imported(path)) <= ALLOWED[part] | {part}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_ui_imports_streamlit(path):
    uses = any(name.partition(".")[0] == "streamlit" for name in imported(path))
    assert not uses or part_of(path) == "ui"


def test_every_part_is_known():
    assert {part_of(path) for path in FILES} <= ALLOWED.keys() | {"__init__", "__main__"}


@pytest.mark.parametrize(
    "module", ["cnnviz", "cnnviz.analysis.summary", "cnnviz.vision.class_activation"]
)
def test_the_package_imports_without_streamlit(module):
    blocked = f"import sys; sys.modules['streamlit'] = None; import {module}"
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True)


def test_networks_and_their_analysis_need_neither_pillow_plugins_nor_torchvision():
    blocked = (
        "import sys\n"
        "for name in ('streamlit', 'pillow_heif', 'torchvision', 'plotly'): "
        "sys.modules[name] = None\n"
        "import cnnviz; cnnviz.build('resnet20_cifar'); cnnviz.summary('resnet20_cifar')"
    )
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True)


def test_the_library_offers_what_its_documentation_says():
    import cnnviz

    for name in cnnviz.__all__:
        assert getattr(cnnviz, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cnnviz.nothing
