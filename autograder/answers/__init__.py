"""TRUSTED: the written answers of a class to one question, graded side by side without names."""
