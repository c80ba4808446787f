"""Runs anywhere. The assignment lenet5_1998: the original LeNet-5, layer by layer, in NumPy."""
