"""LEDGER_WITNESSES names each witness by its address and its key, and nothing else."""

import pytest

from ledger.attestations.refusals import ConfigurationRefused
from ledger.attestations.witnesses import LIMIT, read_witnesses
from ledger.integrity.note import COSIGNATURE, Verifier

ONE = Verifier("witness.example/w", bytes(32), COSIGNATURE)
TWO = Verifier("other.example/w", bytes([1] * 32), COSIGNATURE)


@pytest.mark.parametrize("between", [",", ", ", "\n", ";", " ,\n\n "])
def test_witnesses_are_named_with_commas_or_lines_between_them(between: str) -> None:
    text = f"https://w.example/ {ONE.vkey}{between}http://127.0.0.1:8100/a {TWO.vkey}"
    found = read_witnesses(text)
    assert [(one.url, one.verifier) for one in found] == [
        ("https://w.example", ONE),
        ("http://127.0.0.1:8100/a", TWO),
    ]


def test_no_witnesses_are_none() -> None:
    assert read_witnesses("") == read_witnesses(" \n, ") == []


LOG = Verifier("log.example", bytes(32)).vkey


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://w.example", "not URL VKEY"),
        (f"{ONE.vkey}", "not URL VKEY"),
        (f"https://w.example {ONE.vkey} more", "not URL VKEY"),
        (f"{ONE.vkey} https://w.example", "written"),
        ("https://w.example a+b+c", "a\\+b\\+c"),
        (f"ftp://w.example {ONE.vkey}", "not an address"),
        (f"https:// {ONE.vkey}", "not an address"),
        (f"https://[w {ONE.vkey}", "Invalid"),
        (f"https://w.example {LOG}", "key of a log"),
        (f"https://a.example {ONE.vkey}, https://b.example {ONE.vkey}", "twice"),
        (
            "\n".join(
                f"https://w.example {Verifier('w', bytes([n] * 32), COSIGNATURE).vkey}"
                for n in range(LIMIT + 1)
            ),
            "more than",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str) -> None:
    with pytest.raises(ConfigurationRefused, match=why):
        read_witnesses(text)
