"""TRUSTED: the checks of the small assignment."""
