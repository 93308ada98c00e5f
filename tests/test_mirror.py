"""``cnnviz/a/b.py`` has its tests where one looks for them: in ``tests/a/test_b.py``.

Where they are many, those of one idea are in ``tests/a/test_b_idea.py``.
"""

from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "cnnviz"
# Whole pages, a real browser, situations and measurements: they have no module of their own.
WHOLE = {"pages", "browser", "cases", "benchmarks"}
CONTRACTS = {
    "test_layering.py": "all modules: imports point one way",
    "test_mirror.py": "all tests: this file",
    "test_packaging.py": "the wheel, pyproject.toml and requirements*.txt",
    "commands/test_main.py": "cnnviz/__main__.py, with the fixtures of its commands",
    "training/datasets/test_registry.py": "each data set of training/datasets/__init__.py",
    "vision/test_shared_networks.py": "each measurement leaves the shared network as it was",
}


def modules(file):
    """What a file of tests may be of: cnnviz/a/b_c.py or cnnviz/a/b.py, or a package."""
    words = file.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    return [PACKAGE / file.with_name(name + end) for name in names for end in (".py", "")]


def test_every_test_file_has_its_module_or_package():
    files = {path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    files = {file for file in files if file.parts[0] not in WHOLE}
    alone = {str(file) for file in files if not any(path.exists() for path in modules(file))}
    assert alone == CONTRACTS.keys()
