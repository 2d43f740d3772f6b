"""The test authority as it is started by hand."""

import json
from pathlib import Path

import httpx

from ledger.attestations.authority import check_stamp, query, read_authority
from ledger.attestations.practice import TITLE
from tests.cli.typing_it import running, stop


def test_it_prints_what_to_set_and_answers(tmp_path: Path) -> None:
    with running(
        "timestamp-authority", "serve", "--port", 0, "--data", tmp_path, "--json"
    ) as service:
        assert service.stdout is not None
        said = json.loads(service.stdout.readline())
        assert said["authority"] == TITLE
        asked = read_authority(said["address"], Path(said["certificates"]))
        assert asked is not None
        sent = query(b"a note")
        answer = httpx.post(asked.url, content=sent.sent)
        assert answer.headers["content-type"] == "application/timestamp-reply"
        assert check_stamp(answer.content, b"a note", asked.certificates, sent.nonce)
        assert httpx.post(asked.url, content=b"nonsense").status_code == 400
        assert httpx.get(asked.url).text.startswith(f"{TITLE}\n-----BEGIN")
        assert stop(service) == 0
