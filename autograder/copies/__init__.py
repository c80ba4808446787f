"""TRUSTED; NumPy only. Whose network is like whose."""
