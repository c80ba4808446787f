"""Runs anywhere. The assignment lenet_variants: a wide and a narrow LeNet, and the training loop by hand."""
