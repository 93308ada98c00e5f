"""Published errors and costs of all networks, and thumbnails of the families."""

from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.analysis.costs import cost
from cnnviz.analysis.layers import is_auxiliary
from cnnviz.analysis.summary import summary
from cnnviz.architectures import ARCHITECTURES, architecture_of, variant, variants
from cnnviz.architectures.published import ERRORS, published
from cnnviz.figures.network.thumbnail import thumbnail


@st.cache_data(show_spinner=False)
def cached_errors() -> pd.DataFrame:
    """The first published error of each kind and protocol, with our counts of the network.

    Columns: variant, title, family, quantity, protocol, error (per cent), source, params and macs
    (without auxiliary heads).
    """
    rows = [row for name in variants() for row in _errors(name)]
    return pd.DataFrame(rows).drop_duplicates(["variant", "quantity", "protocol"])


def _errors(name: str) -> list[dict[str, Any]]:
    facts = {
        "variant": name,
        "title": variant(name).title,
        "family": architecture_of(name).title,
        "params": cost(name).inference_params,
        "macs": cost(name).inference_macs,
    }
    return [
        {
            **facts,
            **{"quantity": f.quantity, "protocol": f.protocol},
            **{"error": float(f.value), "source": f.source},
        }
        for f in published(name)
        if f.quantity in ERRORS
    ]


@st.cache_resource(show_spinner="Drawing the networks ...")
def cached_thumbnails() -> dict[str, str]:
    """An SVG of every family's first variant, by the family's name: stem, stages and head."""
    drawings = {}
    for family in ARCHITECTURES:
        layers = summary(next(iter(family.variants))).layers
        used = layers[~is_auxiliary(layers)]
        ends = used.groupby("stage", sort=False)["output_shape"].last()
        drawings[family.name] = thumbnail([(str(stage), shape) for stage, shape in ends.items()])
    return drawings
