"""An auditor takes the real case away and checks it alone."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.checking import VERIFIER, changed, found, ran
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN


def projects(auditor: Client) -> dict[str, str]:
    return {one["code"]: one["id"] for one in auditor.get("/api/projects")["items"]}


def taken(user: Client, project: str, **params: Any) -> Any:
    answer = user.raw("GET", f"/api/projects/{project}/bundle.zip", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["ledger-position"]) > 0
    return answer


def test_every_project_verifies_with_nothing_but_python(auditor: Client, tmp_path: Path) -> None:
    for code, project in projects(auditor).items():
        answer = taken(auditor, project, documents="true", valid_at="2026-11-20")
        path = tmp_path / f"{code}.zip"
        path.write_bytes(answer.content)
        done = ran(VERIFIER, path, folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "HOLDS" in done.stdout
        folder = tmp_path / code
        with zipfile.ZipFile(path) as opened:
            opened.extractall(folder)
        assert ran("verify.py", folder=folder).stdout == done.stdout


@pytest.fixture(scope="module")
def spent(auditor: Client) -> str:
    """The project in which money was spent."""
    claims = {
        project: len(auditor.get("/api/claims", project=project)["items"])
        for project in projects(auditor).values()
    }
    most = max(claims, key=lambda project: claims[project])
    assert claims[most] > 1
    return most


@pytest.mark.parametrize("valid_at", ["2018-12-31", "2020-02-29"])
def test_the_sums_of_any_day_follow_from_the_events(
    auditor: Client, spent: str, tmp_path: Path, valid_at: str
) -> None:
    members = opened(taken(auditor, spent, valid_at=valid_at).content)
    assert found(tmp_path, members) == []
    rows = auditor.get(f"/api/projects/{spent}/budget", valid_at=valid_at, limit=500)["items"]
    written = members["projections/budget.csv"].decode().splitlines()[1:]
    assert len(written) == len(rows)
    for line, row in zip(written, rows, strict=True):
        names = ("planned", "recorded", "claimed", "approved", "disallowed", "remaining")
        assert ",".join(row[name] for name in names) in line


def test_a_changed_hash_is_told_by_its_place(auditor: Client, spent: str, tmp_path: Path) -> None:
    def change(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        at = next(
            i for i, one in enumerate(lines) if i > 600 and not one.endswith(b" event\n")
            and b"-" not in one
        )  # fmt: skip
        position, digest = lines[at].split()
        lines[at] = b"%b %b\n" % (position, bytes(reversed(digest)))
        ranges.append((int(position) - 1) // 256 * 256)
        return b"".join(lines)

    ranges: list[int] = []
    members = opened(taken(auditor, spent).content)
    lines = found(tmp_path, changed(members, "proofs/hashes.txt", change))
    start = ranges[0]
    assert f"positions {start + 1}-{start + 256}: one of their hashes was changed" in lines


def test_the_name_says_of_which_project_and_when(auditor: Client) -> None:
    code, project = next(iter(projects(auditor).items()))
    answer = taken(auditor, project, valid_at="2020-02-29")
    name = answer.headers["content-disposition"]
    assert name == f'attachment; filename="ledger-{code}-{_position(answer)}-2020-02-29.zip"'


def test_the_past_is_taken_from_the_checkpoint_before_it(auditor: Client) -> None:
    project = next(iter(projects(auditor).values()))
    path = f"/api/projects/{project}/bundle.zip"
    problem = auditor.raw("GET", path, params={"known_at": 1}).json()
    assert problem["status"] in (404, 503)  # no checkpoint by then, or no such project
    head = _position(taken(auditor, project))
    assert _position(taken(auditor, project, known_at=head)) == head


@pytest.mark.parametrize("role", ["officer", "coordinator", "manager"])
def test_only_auditors_and_admins_take_it(real_case: Service, spent: str, role: str) -> None:
    path = f"/api/projects/{spent}/bundle.zip"
    assert real_case.user(role).get(path, status=403)["status"] == 403
    real_case.nobody().get(path, status=401)


def test_an_admin_takes_it_too(real_case: Service, spent: str) -> None:
    taken(real_case.user("admin"), spent)


def test_a_grant_of_one_project_takes_that_one_only(
    real_case: Service, auditor: Client, spent: str, tmp_path: Path
) -> None:
    other = next(id for id in projects(auditor).values() if id != spent)
    bound = real_case.user("auditor", spent)
    assert found(tmp_path, opened(taken(bound, spent).content)) == []
    bound.get(f"/api/projects/{other}/bundle.zip", status=404)
    auditor.get(f"/api/projects/{UNKNOWN}/bundle.zip", status=404)


@pytest.mark.parametrize(
    "params", [{"documents": "perhaps"}, {"lang": "pl"}, {"valid_at": "x"}, {"known_at": "x"}]
)
def test_what_cannot_be_meant_is_refused(
    auditor: Client, spent: str, params: dict[str, str]
) -> None:
    auditor.get(f"/api/projects/{spent}/bundle.zip", status=422, **params)


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def _position(answer: Any) -> int:
    members = opened(answer.content)
    size = next(one for one in members["manifest"].splitlines() if one.startswith(b"size "))
    return int(size.split()[1])
