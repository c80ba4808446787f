"""Runs anywhere. LeNet on Fashion-MNIST: its exercises, and the checks that decide them."""
