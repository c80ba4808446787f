"""TRUSTED; NumPy and pytest only: from a claim to the verdict on it. A student's own machine has it too, for practice."""
