"""What the server process does once, in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_warming_up_freezes_what_is_loaded_and_gives_inference_one_thread():
    code = (
        "import gc, torch\n"
        "from cnnviz.ui.serving import warm_up\n"
        "warm_up(); frozen = gc.get_freeze_count(); warm_up()\n"
        "print(frozen > 100_000, gc.get_freeze_count() == frozen, torch.get_num_threads())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "1"]


def test_the_configuration_is_the_one_that_was_measured():
    import tomllib

    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        config = tomllib.load(file)
    assert config["server"]["fileWatcherType"] == "none"
    assert config["client"]["showErrorDetails"] == "none"
    assert {"light", "dark"} <= config["theme"].keys()
