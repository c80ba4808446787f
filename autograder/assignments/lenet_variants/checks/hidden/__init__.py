"""TRUSTED: checks and inputs that students do not have. Never part of the student bundle."""
