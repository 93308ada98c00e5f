"""Data and a network in, a stream of measurements out; knows no database and no screen.

It needs torch, torchvision, numpy, scikit-learn and safetensors alone, so that it also runs on a
GPU machine that has nothing else.
"""
