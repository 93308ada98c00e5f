"""The imports point one way (see the README's section on the tree)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cnnviz"

# What each part may import of ours, besides itself: the floors of docs/architecture.md.
NETWORKS = {"architectures", "hyperparameters"}
PHOTOS = NETWORKS | {"files", "images", "weights", "progress", "settings"}
ALLOWED = {
    "files": set(),
    "hyperparameters": set(),
    "machine": set(),
    "progress": set(),
    "settings": set(),
    "figures": set(),
    "augmentation": set(),
    "architectures": {"hyperparameters"},
    "images": {"progress", "settings"},
    "weights": NETWORKS | {"files", "progress", "settings"},
    "analysis": NETWORKS | {"machine"},
    "training": PHOTOS | {"analysis", "augmentation"},
    "vision": PHOTOS | {"analysis", "augmentation"},
    "lab": PHOTOS | {"vision", "analysis"},
    "runs": PHOTOS | {"machine", "training", "analysis"},
    "ui": PHOTOS | {"lab", "runs", "training", "analysis", "vision", "figures", "augmentation"},
}
ALLOWED["commands"] = ALLOWED.keys() - {"ui"}
# Inside ui: the shared rooms. Each page has a room of its own besides, which may import all of
# these and no other page's room.
SHARED = {
    "server": {"parts"},
    "parts": {"server"},
    "work": {"server", "parts"},
    "network": {"server", "parts"},
    "runs": {"server", "parts"},
    "photo": {"server", "parts", "work", "network", "runs"},
}
FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """All that a file imports: modules, and what it takes from them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms(names: set[str], package: str) -> set[str]:
    """The parts of a package that are among names: what follows it up to the next dot."""
    start = f"{package}."
    return {name.removeprefix(start).partition(".")[0] for name in names if name.startswith(start)}


def room_of(path: Path, folder: Path) -> str:
    return path.relative_to(folder).parts[0].removesuffix(".py")


def test_imports_point_one_way():
    for path in FILES:
        part = room_of(path, PACKAGE)
        if part not in ("__init__", "__main__"):
            wrong = rooms(imported(path), "cnnviz") - ALLOWED[part] - {part}
            assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_a_pages_room_imports_shared_rooms_and_no_other_pages():
    folder = PACKAGE / "ui"
    for path in sorted(folder.rglob("*.py")):
        room = room_of(path, folder)
        wrong = rooms(imported(path), "cnnviz.ui") - SHARED.get(room, SHARED.keys()) - {room}
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_only_ui_imports_streamlit():
    users = {
        room_of(path, PACKAGE)
        for path in FILES
        if any(name.partition(".")[0] == "streamlit" for name in imported(path))
    }
    assert users == {"ui"}


def test_every_part_is_known():
    assert {room_of(path, PACKAGE) for path in FILES} == ALLOWED.keys() | {"__init__", "__main__"}


def test_the_package_imports_without_streamlit():
    modules = "cnnviz, cnnviz.analysis.summary, cnnviz.vision.cam.class_activation"
    blocked = f"import sys; sys.modules['streamlit'] = None; import {modules}"
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True)


def test_torch_comes_with_the_first_use():
    code = "import sys, cnnviz; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


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
