"""TRUSTED: the pytest functions that decide, and what they share."""
