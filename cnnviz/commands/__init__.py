"""The commands of ``python -m cnnviz``: each module adds its own to the parser.

Nothing here is imported before a command runs but argparse: torch takes seconds.
"""
