"""A comparison as sentences, Markdown, JSON and terminal text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cnnviz.analysis.formulas.arithmetic import enumeration

if TYPE_CHECKING:
    import pandas as pd

    from cnnviz.analysis.comparison import Comparison

Row = Mapping[Any, Any]
COUNTED = {"params": "parameters", "macs": "MACs"}
# Below one per cent two counts are called the same.
SAME = 1.01
# A report is read; a table of more lines is not.
LINES = 200
TOTALS = {
    "params": "Parameters",
    "macs": "MACs",
    "activations": "Activations",
    "memory": "Memory (bytes, float32)",
    "depth": "Depth (weighted layers)",
    "receptive_field": "Receptive field (px)",
    "resolution": "Image (px)",
    "num_classes": "Classes",
    "year": "Year",
}
STAGES = {
    "side": "Resolution",
    "label": "Network",
    "stages": "Stages",
    "depth": "Depth",
    "channels": "Channels",
    "params": "Parameters",
    "macs": "MACs",
    "activations": "Activations",
}
CONVENTIONS = (
    "All counts are for one image. Parameters are all learned numbers, those of auxiliary heads "
    "included. MACs are the multiply-accumulates of convolutions and linear layers, without bias; "
    "FLOPs = 2 x MACs. Activations are the elements of all layers' outputs. Depth is the number of "
    "convolutions and linear layers on the longest path. The receptive field is that of one unit "
    "of the last feature map. A layer belongs to the resolution of its output; resolutions within "
    "a factor of about 1.4 share a line."
)


def ratio(row: Row, base: Row) -> str:
    """One sentence on how a network's parameters and MACs compare with another's.

    Args:
        row: The network: label, params, macs.
        base: The network that it is compared with.
    """
    name, other = row["label"], base["label"]
    factors = {words: row[count] / base[count] for count, words in COUNTED.items()}
    more = {words: factor for words, factor in factors.items() if factor >= SAME}
    less = {words: 1 / factor for words, factor in factors.items() if factor <= 1 / SAME}
    same = [
        f"{'as' if factor == 1 else 'about as'} many {words}"
        for words, factor in factors.items()
        if words not in more and words not in less
    ]
    clauses = []
    if more:
        clauses.append(f"{name} has {_times(more)} of {other}")
    if same:
        clauses.append(f"{name} has {' and '.join(same)} as {other}")
    if less:
        clauses.append(f"{other} has {_times(less)} of {name}")
    return "; ".join(clauses) + "."


def _times(factors: Mapping[str, float]) -> str:
    return " and ".join(f"{times(factor)} times the {words}" for words, factor in factors.items())


def times(factor: float) -> str:
    """A factor with two digits that say something: "1.06", "6.3", "42"."""
    return f"{factor:,.{2 if factor < 1.095 else 1 if factor < 9.95 else 0}f}"


def no_differences(comparison: Comparison) -> list[str]:
    """Sentences on families that share no hyperparameters, and on networks that have the same."""
    families = list(dict.fromkeys(comparison.totals["family"]))
    equal = [each.labels for each in comparison.hyperparameters if each.rows.empty]
    several = f"{enumeration(families)} are different families and share no hyperparameters."
    return [
        *([several] if len(families) > 1 else []),
        *(f"{enumeration(labels)} have the same hyperparameters." for labels in equal),
    ]


def json(comparison: Comparison) -> dict[str, Any]:
    """The comparison in plain numbers, lists and dictionaries."""
    totals: list[dict[Any, Any]] = comparison.totals.to_dict("records")
    return {
        "networks": [
            {**row, "config": network.spec.config.to_text()}
            for row, network in zip(totals, comparison.networks, strict=True)
        ],
        "ratios": comparison.ratios(),
        "stages": _stages(comparison).to_dict("records"),
        "heaviest": comparison.heaviest.to_dict("records"),
        "hyperparameters": [
            {"family": each.family, "rows": each.rows.to_dict("records")}
            for each in comparison.hyperparameters
        ],
        "printed": comparison.printed.drop(columns="network").to_dict("records"),
    }


def terminal(comparison: Comparison) -> str:
    """Totals, ratios and stages as text tables."""
    totals = comparison.totals.astype({"year": str}).set_index("label")
    totals = totals[list(TOTALS)].rename(columns=TOTALS).T
    totals.columns.name = None
    stages = _stages(comparison).drop(columns=["network", "level"]).rename(columns=STAGES)
    repeated = stages["Resolution"].eq(stages["Resolution"].shift())
    stages["Resolution"] = stages["Resolution"].mask(repeated, "")
    parts = [_aligned(totals), *comparison.ratios(), "", _aligned(stages, index=False)]
    return "\n".join([*parts, "", *_heaviest(comparison)])


def _aligned(frame: pd.DataFrame, index: bool = True) -> str:
    return frame.map(_cell).to_string(index=index)


def markdown(comparison: Comparison) -> str:
    """Everything but the curves, as a report."""
    sections = {
        f"# {enumeration(comparison.labels)}": [_networks(comparison)],
        "## Totals": [_totals(comparison), *comparison.ratios()],
        "## Where the parameters are": _heaviest(comparison),
        "## By resolution": [_table(STAGES.values(), _stages(comparison)[list(STAGES)].values)],
        "## Hyperparameters": _hyperparameters(comparison),
        "## Published errors": _printed(comparison),
        "## Layer by layer": [_layers(comparison)],
        "## Conventions": [CONVENTIONS],
    }
    return "\n\n".join("\n\n".join([title, *text]) for title, text in sections.items()) + "\n"


def _networks(comparison: Comparison) -> str:
    columns = ["label", "family", "year", "resolution", "in_channels", "num_classes", "written"]
    titles = ("Network", "Family", "Year", "Image (px)", "Channels", "Classes", "Written")
    return _table(titles, comparison.totals[columns].astype({"year": str}).values)


def _totals(comparison: Comparison) -> str:
    totals = comparison.totals.astype({"year": str})
    rows = ([title, *totals[count]] for count, title in TOTALS.items())
    return _table(["", *comparison.labels], rows)


def _heaviest(comparison: Comparison) -> list[str]:
    """A sentence for each network on its layer with the most parameters."""
    return [
        f"{row['label']}: the layer with the most parameters is {row['name']} ({row['kind']}) "
        f"with {row['params']:,}, {row['share']:.0%} of all."
        for row in comparison.heaviest.to_dict("records")
    ]


def _stages(comparison: Comparison) -> pd.DataFrame:
    stages = comparison.stages
    labels = stages["network"].map(dict(enumerate(comparison.labels)))
    return stages.assign(label=labels)[["network", "level", *STAGES]]


def _hyperparameters(comparison: Comparison) -> list[str]:
    text = no_differences(comparison)
    for each in comparison.hyperparameters:
        if each.rows.empty:
            continue
        columns = ["title", *each.labels, "help"]
        text.append(_table(["", *each.labels, "What it is"], each.rows[columns].values))
    return text


def _printed(comparison: Comparison) -> list[str]:
    text = []
    if len(comparison.printed):
        columns = ["label", "title", "protocol", "printed", "source"]
        rows = comparison.printed[columns].values
        text.append(_table(["Network", "Result", "Measured on", "Error (%)", "Source"], rows))
    return [*text, *without_printed(comparison)]


def without_printed(comparison: Comparison) -> list[str]:
    """A sentence for each network of which no error is known, with the reason."""
    changed = comparison.changed
    known = {*comparison.printed["label"], *changed}
    return [
        *(f"{label} is no published network: no paper prints its error." for label in changed),
        *(f"No published error of {x} is known here." for x in comparison.labels if x not in known),
    ]


def printed_sentences(comparison: Comparison) -> list[str]:
    """A sentence for each network: the first figure of each kind of error, or that none is here.

    All are of the protocol that most of the networks have in common; others are not comparable.
    """
    if not (protocols := comparison.protocols):
        return without_printed(comparison)
    alike = comparison.measured_on(protocols[0]).drop_duplicates(["network", "quantity"])
    sentences = [f"Measured on {protocols[0]}:"]
    for label, rows in alike.groupby("label", sort=False):
        figures = (
            f"{r['title']} {r['printed']} % in {r['source']}" for r in rows.to_dict("records")
        )
        sentences.append(f"{label}: {'; '.join(figures)}.")
    return [*sentences, *measured_otherwise(comparison, protocols[0]), *without_printed(comparison)]


def measured_otherwise(comparison: Comparison, protocol: str) -> list[str]:
    """A sentence for each network whose errors were measured in other ways alone."""
    alike = set(comparison.measured_on(protocol)["label"])
    others = [label for label in dict.fromkeys(comparison.printed["label"]) if label not in alike]
    return [f"No error of {label} on {protocol} is known here." for label in others]


def hyperparameter_sentences(comparison: Comparison) -> list[str]:
    """A sentence for each hyperparameter that differs, or why there is none."""
    text = no_differences(comparison)
    for each in comparison.hyperparameters:
        for row in each.rows.to_dict("records"):
            values = (f"{row[label]} in {label}" for label in each.labels)
            text.append(f"{row['title']}: {', '.join(values)}.")
    return text


def _layers(comparison: Comparison) -> str:
    rows = comparison.layer_differences().rows
    if len(rows) > LINES:
        return f"Left out: the table would have {len(rows):,} lines."
    titles = ["Output (px)"]
    for label in comparison.labels:
        titles += [label, "Output", "Parameters"]
    titles.append("Difference")
    return _table(titles, rows.astype(object).where(rows.notna(), "").values)


def _table(titles: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table in Markdown."""
    titles = list(titles)
    lines = [titles, ["---"] * len(titles), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:,}"
