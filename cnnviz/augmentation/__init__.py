"""What augmentation does to images: one implementation for training and for the pages.

Every function works on batches, on the device that they are on, by the random numbers of a
generator alone; without one, by torch's own, as a CUDA graph needs.
"""
