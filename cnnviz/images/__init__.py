"""Collections of images: what ships, what a visitor uploads, what lies on this machine's disk."""

from cnnviz.images.collection import Collection, DataError, Picture, even_sample, sample_collection
from cnnviz.images.on_disk import DataSet, data_sets, open_collection

__all__ = [
    "Collection",
    "DataError",
    "DataSet",
    "Picture",
    "data_sets",
    "even_sample",
    "open_collection",
    "sample_collection",
]
