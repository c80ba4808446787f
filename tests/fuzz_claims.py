"""Coverage-guided fuzzing of `read_claim`: whatever the bytes are, plain data or ClaimError.

    make fuzz                                       ten minutes on one core
    make fuzz FUZZ_S=3600                           an hour

That is, in an environment of its own that has nothing but atheris and NumPy:

    python tests/fuzz_claims.py CORPUS -max_total_time=600

Further options are libFuzzer's. CORPUS is a folder that keeps the inputs which reached new lines;
it is made, and filled with a few claims, when it is not there. An input that fails is written to
crash-<hash> in the folder CORPUS stands in, and read once more by naming it in CORPUS's place.

Done for 721 s on one core with atheris 3.0.0 and CPython 3.11.7: 2,337,124 executions, nothing found;
the corpus reached 96 % of the lines and branches of claims.py, all but those for claims that are no
bytes or more than 16 MiB of them, which have tests.

Half of the inputs are the text of a claim. The others, those that begin with a zero byte, are
choices from which a claim is built whose JSON is always well formed: so both json's edges and
everything behind it are reached.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

REPOSITORY = Path(__file__).parent.parent
MAX_LENGTH = 200_000  # bytes of an input: what is larger than MAX_BYTES is left to the tests
RSS_MIB = 1024  # ends the run: a claim may take 190 MiB, and libFuzzer itself some
TOKENS = (
    '"$array"', '"$float"', '"$other"', '"dtype"', '"shape"', '"data"', '"nan"', '"-inf"', '"text"',
    '"exercise"', '"nonce"', '"state"', '"error"', '"facts"', '"type"', '"message"', '"done"',
    '"failed"', '"missing"', '"not attempted"', '"float32"', '"bool"', "16777216", "1e999", "NaN",
    '"\\\\ud800"', "9223372036854775808", '"AAAA"', "null", "true",
)  # fmt: skip


def main(arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    # The package's __init__ is for notebooks and imports pytest and more; claims.py needs NumPy.
    package = ModuleType("autograder")
    package.__path__ = [str(REPOSITORY / "autograder")]
    sys.modules["autograder"] = package
    with atheris.instrument_imports(include=["autograder.judging.claims"]):
        from autograder.judging.claims import ClaimError, read_claim
    from plain_data import assert_plain_claim

    def one_input(data: bytes) -> None:
        if data[:1] == b"\0":
            data = built_claim(atheris.FuzzedDataProvider(data[1:]))
        try:
            claim = read_claim(data)
        except ClaimError as refusal:
            assert str(refusal)
            return
        assert_plain_claim(claim)

    corpus = Path(next((a for a in arguments if not a.startswith("-")), ".fuzz/corpus"))
    options = [a for a in arguments if a.startswith("-")]
    if not corpus.is_file():
        fill(corpus)
        words = corpus.parent / "words"
        words.write_text("".join(f"{json.dumps(token)}\n" for token in TOKENS))
        options += [f"-dict={words}", f"-artifact_prefix={corpus.parent}/"]
    options += [f"-max_len={MAX_LENGTH}", f"-rss_limit_mb={RSS_MIB}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one_input)
    atheris.Fuzz()


def fill(corpus: Path) -> None:
    """Put sound claims into a folder that has none, and some that break a limit."""
    corpus.mkdir(parents=True, exist_ok=True)
    array = {"$array": {"dtype": "float32", "shape": [1, 2], "data": "AAAAAAAAgD8="}}
    facts = [
        {"answers": [{"value": 7}, {"value": [True, None, -0.5]}, {"value": {"$float": "nan"}}]},
        {"layers": [{"kind": "Dense", "config": {"units": 2}, "weights": [array]}], "outputs": array},
        {"answers": [{"error": {"type": "E", "message": "é"}}, {"value": {"$other": "f", "text": "f"}}]},
        {"a": {"$array": {"dtype": "bool", "shape": [2], "data": "AAE="}}},
        {"a": {"$array": {"dtype": "bool", "shape": [2], "data": None}}},
        {"a": "x" * 2_001},
        {"a": json.loads("[" * 26 + "]" * 26)},
        {"a": [0] * 50_001},
        [],
    ]
    texts = [json.dumps(claim(fact)).encode() for fact in facts]
    texts.append(texts[0].replace(b"done", b"failed"))
    for number, text in enumerate(texts):
        (corpus / f"claim{number}").write_bytes(text)
        (corpus / f"choices{number}").write_bytes(b"\0" + bytes(range(10 * number, 200)))


def claim(facts: Any) -> dict[str, Any]:
    """A sound claim with these facts."""
    return {"exercise": "e", "nonce": "n", "state": "done", "error": None, "facts": facts}


def built_claim(choose: Any) -> bytes:
    """The JSON text of a claim made by these choices (an atheris.FuzzedDataProvider)."""
    made = claim({"a": _value(choose, 0), "b": _value(choose, 0)})
    if choose.ConsumeIntInRange(0, 7) == 7:
        made[_text(choose)] = _value(choose, 0)
    if choose.ConsumeIntInRange(0, 3) == 3:
        made["state"], made["error"] = "failed", {"type": _text(choose), "message": _value(choose, 0)}
    return json.dumps(made).encode()


def _text(choose: Any) -> str:
    return choose.ConsumeUnicode(choose.ConsumeIntInRange(0, 12))


def _value(choose: Any, depth: int) -> Any:
    kind = choose.ConsumeIntInRange(0, 10 if depth < 5 else 6)
    if kind == 0:
        return choose.PickValueInList([None, True, False, "", [], {}])
    if kind == 1:
        return choose.ConsumeInt(9)
    if kind == 2:
        return choose.ConsumeFloat()
    if kind == 3:
        return _text(choose)
    if kind == 4:
        return {"$float": choose.PickValueInList(["nan", "inf", "-inf", "1", 1.0])}
    if kind in (5, 6):
        return _array(choose)
    count = choose.ConsumeIntInRange(0, 3)
    if kind == 7:
        return [_value(choose, depth + 1) for _ in range(count)]
    if kind == 8:
        return {_text(choose): _value(choose, depth + 1) for _ in range(count)}
    if kind == 9:
        return {"$other": _text(choose), "text": _value(choose, depth + 1)}
    return {f"${_text(choose)}": _value(choose, depth + 1)}


def _array(choose: Any) -> dict[str, Any]:
    sides = [0, 1, 2, 3, 2**24, -1, 1.0, True]
    shape = [choose.PickValueInList(sides) for _ in range(choose.ConsumeIntInRange(0, 9))]
    dtype = choose.PickValueInList(["bool", "uint8", "float32", "float64", "object", "<f4", 1])
    data = base64.b64encode(choose.ConsumeBytes(choose.ConsumeIntInRange(0, 16))).decode()
    return {"$array": {"dtype": dtype, "shape": shape, "data": data}}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(sys.argv[1:])
