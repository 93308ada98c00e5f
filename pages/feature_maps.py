"""Feature maps: what does each layer see of a photo, by which filters, and what does it like?"""

from cnnviz.ui.feature_maps.sections import (
    show_layer_exciting,
    show_layer_filters,
    show_layer_maps,
    show_layer_visualisation,
)
from cnnviz.ui.feature_maps.strip import show_strip
from cnnviz.ui.photo.classic_filters import show_classic
from cnnviz.ui.photo.views import View, show_page

show_page(
    "Feature maps",
    {
        "maps": View("What does each layer see?", show_layer_maps),
        "filters": View("Which filter makes which map?", show_layer_filters),
        "shallow to deep": View("How does what it sees change from shallow to deep?", show_strip),
        "what excites it": View("What excites a map most?", show_layer_exciting),
        "what it dreams of": View("Which image would excite a map most?", show_layer_visualisation),
        "classic filters": View(
            "Filtering is convolution", lambda subject: show_classic(subject.photo)
        ),
    },
)
