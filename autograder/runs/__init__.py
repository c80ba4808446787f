"""TRUSTED: one notebook at a time: executed behind the wall, kept, judged, and shown with its verdicts."""
