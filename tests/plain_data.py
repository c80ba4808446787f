"""What may come out of a claim: plain data, down to the last item."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.judging.claims import (
    DTYPES,
    MAX_DEPTH,
    MAX_RANK,
    MAX_TEXT,
    STATES,
    Claim,
    Other,
    RaisedError,
)


def assert_plain_claim(claim: Claim) -> None:
    """Fails unless the claim is made of nothing but what autograder/judging/claims.py promises."""
    assert type(claim) is Claim and claim.state in STATES
    assert type(claim.exercise) is str and type(claim.nonce) is str
    assert (claim.state == "failed") == (claim.error is not None)
    if claim.error is not None:
        assert type(claim.error) is RaisedError
        assert_plain([claim.error.type, claim.error.message])
    assert type(claim.facts) is dict
    assert_plain(claim.facts)


def assert_plain(value: Any, depth: int = 0) -> None:
    """Fails unless the value is plain data within the limits of claims."""
    assert depth <= MAX_DEPTH
    if type(value) is dict:
        for key, item in value.items():
            assert_text(key)
            assert_plain(item, depth + 1)
    elif type(value) is list:
        for item in value:
            assert_plain(item, depth + 1)
    elif type(value) is np.ndarray:
        assert value.dtype.name in DTYPES and value.ndim <= MAX_RANK
        assert not value.flags.writeable and not value.dtype.hasobject
        if value.dtype == bool:
            assert not value.size or value.view("uint8").max() <= 1
    elif type(value) is Other:
        assert_text(value.type)
        assert_text(value.text)
    elif type(value) is str:
        assert_text(value)
    elif type(value) is int:
        assert -(2**63) <= value < 2**63
    else:
        assert value is None or type(value) in (bool, float)


def assert_text(text: Any) -> None:
    """Fails unless it is a short text that can be written to a file and shown in a terminal."""
    assert type(text) is str and len(text) <= MAX_TEXT
    assert "\x1b" not in text
    text.encode("utf-8")
