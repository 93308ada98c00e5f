"""Feature maps: activations of each layer, filters, top activations, feature visualisation."""

from cnnviz.ui.feature_maps.sections import (
    show_layer_exciting,
    show_layer_filters,
    show_layer_maps,
    show_layer_visualisation,
)
from cnnviz.ui.feature_maps.strip import show_strip
from cnnviz.ui.parts.layout import Section
from cnnviz.ui.photo.chosen import show_page
from cnnviz.ui.photo.classic_filters import show_classic

show_page(
    "Feature maps",
    {
        "maps": Section(show_layer_maps, "What does each layer see?"),
        "filters": Section(show_layer_filters, "Which filter makes which map?"),
        "shallow to deep": Section(show_strip, "How do the maps change from shallow to deep?"),
        "what excites it": Section(
            show_layer_exciting,
            "Which image patches activate this channel most?",
            "Top activations",
        ),
        "what it dreams of": Section(
            show_layer_visualisation,
            "Which image would activate this channel most?",
            "Feature visualisation",
        ),
        "classic filters": Section(
            lambda subject: show_classic(subject.photo), "Filtering is convolution"
        ),
    },
)
