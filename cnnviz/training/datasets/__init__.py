"""Data sets: built in, downloaded by torchvision, prepared by the teacher, or the visitor's own."""
