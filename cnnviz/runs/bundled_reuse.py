"""The epochs of a DenseNet in the box: what its run recorded of feature reuse."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.runs.folder import MEASUREMENTS, reuse_measurements

REUSE = ".reuse.jsonl"  # what the file ends in; a line for each epoch, as a run writes them
MOST = 13  # epochs that are kept


def write_reuse(run: Path, file: Path) -> None:
    """Keep the feature reuse of some epochs; a run that recorded none leaves no file.

    Args:
        run: The run's folder.
        file: Beside the weights.

    Raises:
        OSError: It cannot be written.
    """
    told = reuse_measurements(run / MEASUREMENTS, MOST)
    if not told:
        file.unlink(missing_ok=True)
        return
    kept = ({**each.scalars, "seconds": each.seconds, "reuse": each.reuse} for each in told)
    file.write_text("".join(f"{json.dumps(each)}\n" for each in kept), encoding="utf-8")
