"""Feature maps: activations of each layer, filters, top activations, feature visualisation."""

from cnnviz.ui.feature_maps.sections import (
    show_layer_exciting,
    show_layer_filters,
    show_layer_maps,
    show_layer_visualisation,
)
from cnnviz.ui.feature_maps.strip import show_strip
from cnnviz.ui.photo.chosen import View, show_page
from cnnviz.ui.photo.classic_filters import show_classic

ACTIVATIONS = "Which image patches activate this channel most?"
VISUALISATION = "Which image would activate this channel most?"

show_page(
    "Feature maps",
    {
        "maps": View("What does each layer see?", show_layer_maps),
        "filters": View("Which filter makes which map?", show_layer_filters),
        "shallow to deep": View("How do the maps change from shallow to deep?", show_strip),
        "what excites it": View(ACTIVATIONS, show_layer_exciting, "Top activations"),
        "what it dreams of": View(VISUALISATION, show_layer_visualisation, "Feature visualisation"),
        "classic filters": View(
            "Filtering is convolution", lambda subject: show_classic(subject.photo)
        ),
    },
)
