"""Two networks compared: the tables that the figures take."""

import pandas as pd

from cnnviz.figures.theme import CATEGORIES

COLOURS = CATEGORIES[:2]
STAGES = pd.DataFrame(
    {
        "network": [0, 0, 1],
        "level": [3, -100, -100],
        "side": ["56 px", "vector", "vector"],
        "stages": ["stem", "head", "head"],
        "depth": [4, 1, 2],
        "channels": [64, 1000, 10],
        "params": [100, 300, 400],
        "macs": [5000, 300, 400],
        "activations": [800, 10, 20],
    }
)
CURVES = pd.DataFrame(
    {
        "network": [0, 0, 0, 1, 1],
        "depth": [0, 1, 2, 0, 1],
        "params": [0, 100, 400, 0, 400],
        "macs": [0, 5000, 5300, 0, 400],
        "receptive_field": [1, 3, None, 1, 7],
    }
)
TOTALS = pd.DataFrame(
    {
        "label": ["A <b>", "B"],
        "family": ["First", "Second"],
        "year": [2014, 2015],
        "resolution": [224, 32],
        "params": [400, 100],
        "macs": [5300, 400],
        "activations": [810, 20],
        "memory": [4840, 480],
        "depth": [5, 1],
        "receptive_field": [3, 7],
    }
)
