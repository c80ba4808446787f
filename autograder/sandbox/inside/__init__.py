"""UNTRUSTED side: files that the sandbox shows to a student's code. Nothing here is imported by us."""
