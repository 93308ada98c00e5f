"""The arithmetic of the lectures' examples, computed by torch."""
