"""The package: its wheel works from any folder, its pins are in its ranges, its versions agree."""

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MINUTE = 60.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of an environment with the wheel, and what it needs from this environment."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    libraries = next(folder.glob("lib/python*/site-packages"))
    (libraries / "needed.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--quiet", str(wheel)], check=True)
    return folder / "bin"


def run(*command, folder):
    """What a program prints that is started in a folder, where no clone is."""
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(
        *(list(map(str, command)),), cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_once(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "cnnviz"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    pages = {f"cnnviz/app/pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    app = {"cnnviz/app/app.py", "cnnviz/app/.streamlit/config.toml"}
    packed = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    present = {name for name in tracked if (ROOT / name).exists()}
    assert sorted(packed) == sorted(present | pages | app)


def test_the_installed_command_line_works_from_another_folder(installed, tmp_path):
    assert "25,557,032 parameters" in run(
        installed / "cnnviz", "summary", "resnet50", folder=tmp_path
    )
    code = (
        "import cnnviz; from cnnviz.images.samples import sample_images; "
        "print(cnnviz.__file__, len(sample_images()))"
    )
    place, count = run(installed / "python", "-c", code, folder=tmp_path).split()
    assert Path(place).is_relative_to(installed.parent)
    assert int(count) > 5


def test_the_installed_app_runs_from_another_folder(installed, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [installed / "cnnviz", "run", "--port", port, "--weights", tmp_path / "weights"]
    environment = {
        **os.environ,
        "PYTHONPATH": "",
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED": "true",
    }
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            list(map(str, command)),
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert answer(f"http://localhost:{port}/_stcore/health", server) == "ok", log.read_text()
        # Runs app.py and its first page.
        assert answer(f"http://localhost:{port}/_stcore/script-health-check", server) == "ok"
        assert "<title>" in answer(f"http://localhost:{port}/compare", server)
    finally:
        server.terminate()
        server.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()


def answer(url: str, server: subprocess.Popen) -> str:
    """What a server says at an address, as soon as it listens."""
    deadline = time.monotonic() + 2 * MINUTE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(url, timeout=MINUTE) as response:
                return response.read().decode()
        except ConnectionError:
            time.sleep(0.2)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.2)
    raise TimeoutError(url)


def pins() -> dict[str, str]:
    """The versions in requirements*.txt, by name."""
    versions = {}
    for path in sorted(ROOT.glob("requirements*.txt")):
        for line in path.read_text().splitlines():
            if matched := re.match(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line):
                versions[canonicalize_name(matched[1])] = matched[2]
    return versions


def ranges() -> dict[str, Requirement]:
    """The ranges in pyproject.toml, by name."""
    extras = PROJECT["optional-dependencies"].values()
    written = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    needed = map(Requirement, written)
    return {canonicalize_name(each.name): each for each in needed if each.name != "cnnviz"}


def test_every_pin_is_in_its_range_and_every_range_has_a_pin():
    assert pins().keys() == ranges().keys()
    for name, pin in pins().items():
        assert ranges()[name].specifier.contains(pin), f"{name} {pin}"


def test_what_is_installed_is_what_is_pinned():
    for name, pin in pins().items():
        assert version(name).partition("+")[0] == pin, name


def test_versions_agree():
    current = PROJECT["version"]
    assert f"version: {current}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[0] == current


def test_readmes_tree_is_what_is_there():
    tree = (ROOT / "README.md").read_text().partition("## Where things are\n\n```\n")[2]
    listed, above = set(), [ROOT]
    for line in tree.partition("```")[0].splitlines():
        names = re.findall(r"(?:^|(?<=  ))(\w+(?:/|\.py))(?= |$)", line)
        depth = (len(line) - len(line.lstrip())) // 2
        for name in names:
            path = above[depth] / name
            assert path.exists(), path
            listed.add(path)
            above[depth + 1 :] = [path]
    package = ROOT / "cnnviz"
    rooms = {path for path in package.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms <= listed
    assert {package / "settings.py", package / "vision" / "cam"} <= listed
