"""Convolution lab: the arithmetic of the lectures, by hand and on your own image."""

import streamlit as st

from cnnviz.ui.lab.activations.functions import show_activate
from cnnviz.ui.lab.augmentation.gallery import show_gallery
from cnnviz.ui.lab.convolution.filters import show_filter_lab
from cnnviz.ui.lab.convolution.pooling import show_pool
from cnnviz.ui.lab.convolution.slide import show_slide
from cnnviz.ui.lab.design.comparisons import show_design
from cnnviz.ui.lab.design.first_layer import show_first_layer
from cnnviz.ui.lab.design.merge import show_merge
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.parts.page import open_page

SECTIONS = {
    "slide the kernel": ("What does a convolution compute?", show_slide),
    "pooling": ("What does pooling keep?", show_pool),
    "activations and normalisation": ("What happens between convolutions?", show_activate),
    "why not fully connected": ("Why not connect everything?", show_first_layer),
    "design arithmetic": ("What does a design cost?", show_design),
    "filters on your photo": ("What does a filter do to your photo?", show_filter_lab),
    "augmentation": ("How does training augment an image?", show_gallery),
    "add or concatenate": ("Add or concatenate?", show_merge),
}

open_page("Convolution lab")
section = choose_labelled("Section", list(SECTIONS), address.SECTION, is_labelled=False)
question, show = SECTIONS[section]
st.title(question)
show()
