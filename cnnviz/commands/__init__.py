"""The commands of ``cnnviz``: ``parser`` has their arguments, the other modules carry them out."""
