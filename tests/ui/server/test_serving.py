"""What the server process does once, in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def alone(code):
    """What a process of its own prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_warming_up_freezes_what_is_loaded_and_gives_inference_one_thread():
    code = (
        "import gc, torch\n"
        "from cnnviz.ui.server.serving import warm_up\n"
        "warm_up(); frozen = gc.get_freeze_count(); warm_up()\n"
        "print(frozen > 100_000, gc.get_freeze_count() == frozen, torch.get_num_threads())"
    )
    assert alone(code).split() == ["True", "True", "1"]


def test_the_configuration_is_the_one_that_was_measured():
    import tomllib

    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        config = tomllib.load(file)
    assert config["server"]["fileWatcherType"] == "none"
    assert config["client"]["showErrorDetails"] == "none"
    assert {"light", "dark"} <= config["theme"].keys()


SHORT_COLLECTIONS = """
import gc, weakref
from cnnviz.ui.server.serving import ShortCollections
gc.disable()
now = [0.0]
short = ShortCollections(lambda: now[0])
class Visitor:
    def __init__(self): self.page = self  # garbage that only a collection finds
def tend(moment, is_ticking):
    now[0] = moment
    short.tend(is_ticking)
before = gc.get_freeze_count()
tend(10, False)
assert gc.get_freeze_count() == before, "nothing ticks"
visitor = Visitor(); gone = weakref.ref(visitor)
tend(20, True)
assert gc.get_freeze_count() > before
del visitor
gc.collect()
assert gone() is not None, "what was put aside is not looked at"
tend(50, True)
assert gone() is not None
tend(81, False)
assert gone() is None, "but once a minute it is"
frozen = gc.get_freeze_count()
kept = [[] for _ in range(1000)]
tend(500, False)
assert gc.get_freeze_count() == frozen, "and then there is rest"
"""


def test_frozen_objects_are_collected_within_a_minute():
    alone(SHORT_COLLECTIONS)
