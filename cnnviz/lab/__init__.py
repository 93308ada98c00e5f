"""The arithmetic of the lectures, by numbers: what a teacher does with chalk, computed by torch."""
