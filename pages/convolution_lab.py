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
from cnnviz.ui.parts.layout import Section, choose_section
from cnnviz.ui.parts.page import open_page

SECTIONS = {
    "slide the kernel": Section(show_slide, "What does a convolution compute?"),
    "pooling": Section(show_pool, "What does pooling keep?"),
    "activations and normalisation": Section(show_activate, "What happens between convolutions?"),
    "why not fully connected": Section(show_first_layer, "Why not connect everything?"),
    "design arithmetic": Section(show_design, "What does a design cost?"),
    "filters on your photo": Section(show_filter_lab, "What does a filter do to your photo?"),
    "augmentation": Section(show_gallery, "How does training augment an image?"),
    "add or concatenate": Section(show_merge, "Add or concatenate?"),
}

open_page("Convolution lab")
section = choose_section("Section", SECTIONS, address.SECTION, is_labelled=False)
st.title(section.question)
section.show()
