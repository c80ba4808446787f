"""The instructor's machine: commands around a course."""
