"""Collections of pictures: what ships, what a visitor uploads, what lies on this machine's disk."""

from __future__ import annotations

from cnnviz.images.archive import zip_collection
from cnnviz.images.collection import (
    MAX_PICTURES,
    Collection,
    CollectionError,
    Picture,
    even_sample,
    sample_collection,
)
from cnnviz.images.folder import folder_collection
from cnnviz.images.on_disk import DataSet, collection_at, data_folder, data_sets

__all__ = [
    "MAX_PICTURES",
    "Collection",
    "CollectionError",
    "DataSet",
    "Picture",
    "collection_at",
    "data_folder",
    "data_sets",
    "even_sample",
    "folder_collection",
    "sample_collection",
    "zip_collection",
]
