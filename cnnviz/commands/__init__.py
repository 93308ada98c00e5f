"""The commands of ``cnnviz``: each module adds its own to the parser.

Before a command runs, nothing but argparse is imported: torch takes seconds.
"""
