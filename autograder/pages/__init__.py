"""TRUSTED; Jinja2. Pages for people, as files that need nothing beside them: pure functions of records."""
