"""Gradescope's documentation of results.json as a JSON Schema: gradescope-autograders.readthedocs.io, specs."""

from jsonschema import Draft202012Validator

_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
_VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
_TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": _FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": _FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": _VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
RULES = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "score": {"type": "number"},
            "execution_time": {"type": "number"},
            "output": {"type": "string"},
            "output_format": _FORMAT,
            "test_output_format": _FORMAT,
            "test_name_format": _FORMAT,
            "visibility": _VISIBILITY,
            "stdout_visibility": _VISIBILITY,
            "extra_data": {"type": "object"},
            "tests": {"type": "array", "items": _TEST},
            "leaderboard": {"type": "array"},
        },
        # One of the two has to say the points.
        "anyOf": [
            {"required": ["score"]},
            {"required": ["tests"], "properties": {"tests": {"items": {"required": ["score"]}}}},
        ],
    }
)
