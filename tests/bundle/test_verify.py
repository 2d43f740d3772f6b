"""What becomes of a bundle in which something was changed? It does not hold, and where is said."""

import ast
import io
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.attestations.authority import query, read_stamp
from ledger.attestations.practice import PracticeAuthority
from ledger.bundle.verify import leaf_hash
from ledger.integrity.checkpoint import read_checkpoint
from ledger.integrity.note import COSIGNATURE, Note, Signer, parse, sign
from tests.bundle.checking import (
    VERIFIER,
    changed,
    found,
    found_in,
    lines_of,
    ran,
    resigned,
    signer_of,
    told,
    zipped,
)
from tests.bundle.conftest import STAMPED_AT

Members = dict[str, bytes]
MEMBERS = (
    "README.txt", "verify.py", "verifier_key", "checkpoint", "manifest", "report.html",
    "report.pdf", "events.jsonl", "proofs/hashes.txt", "proofs/stamped", "proofs/stamp",
    "projections/budget.csv",
    "projections/expenditures.csv", "projections/claims.csv", "projections/claim_lines.csv",
    "projections/teams.csv", "projections/team_members.csv", "projections/agreements.csv",
    "projections/obligations.csv", "projections/milestones.csv", "projections/indicators.csv",
    "projections/findings.csv", "projections/documents.csv",
)  # fmt: skip


def test_the_bundle_holds_as_a_file_and_unpacked(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(whole)
    (tmp_path / "verify.py").write_bytes(VERIFIER.read_bytes())
    packed = ran("verify.py", "bundle.zip", folder=tmp_path)
    assert packed.returncode == 0, packed.stdout + packed.stderr
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        opened.extractall(folder)
    unpacked = ran("verify.py", folder=folder)
    assert (unpacked.returncode, unpacked.stdout) == (0, packed.stdout)
    assert packed.stdout.splitlines()[-1].startswith("ZGADZA SIĘ / HOLDS: ")
    assert packed.stderr == unpacked.stderr == ""


def test_the_verifier_is_one_file_for_any_python_from_39_on() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    named = {
        one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    }
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names


def test_the_tests_know_every_member(members: Members) -> None:
    documents = [name for name in members if name.startswith("documents/")]
    assert set(members) == {*MEMBERS, *documents}
    assert len(documents) == 1


@pytest.mark.parametrize("name", [*MEMBERS, "document"])
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_a_flipped_byte_of_any_member_is_found(
    members: Members, tmp_path: Path, name: str, where: float
) -> None:
    if name == "document":
        name = next(one for one in members if one.startswith("documents/"))

    def flip(content: bytes) -> bytes:
        at = int(where * (len(content) - 1))
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    lines = found(tmp_path, changed(members, name, flip))
    assert told(lines, name)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_flipped_byte_is_found(members: Members, tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(members)))
    at = data.draw(st.integers(0, len(members[name]) - 1))
    mask = data.draw(st.integers(1, 255))

    def flip(content: bytes) -> bytes:
        return content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]

    assert found(tmp_path, changed(members, name, flip))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_file_is_never_taken_for_another_whole_one(
    whole: bytes, members: Members, tmp_path: Path, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    mask = data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[:at] + bytes([whole[at] ^ mask]) + whole[at + 1 :])
    if not found_in(path):  # the byte belonged to no member: a time, a right
        with zipfile.ZipFile(path) as opened:
            assert {name: opened.read(name) for name in opened.namelist()} == members


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_no_bundle_does_not_hold(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    done = ran(VERIFIER, path, folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "NIE ZGADZA SIĘ / DOES NOT HOLD: 1 found."
    assert done.stderr == ""


def test_an_address_that_is_nowhere_is_bad_usage(tmp_path: Path) -> None:
    done = ran(VERIFIER, tmp_path / "none.zip", folder=tmp_path)
    assert done.returncode == 2
    assert "there is no" in done.stderr


@pytest.mark.parametrize("name", [one for one in MEMBERS if one != "documents"])
def test_a_missing_member_is_found(members: Members, tmp_path: Path, name: str) -> None:
    left = {key: content for key, content in members.items() if key != name}
    assert told(found(tmp_path, left), name, "is missing")


def test_a_member_too_many_or_twice_is_found(
    whole: bytes, members: Members, tmp_path: Path
) -> None:
    assert told(found(tmp_path, {**members, "extra.txt": b"x"}), "extra.txt", "does not belong")
    path = tmp_path / "twice.zip"
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("README.txt", members["README.txt"])
    assert told(found_in(path), "README.txt", "twice")


def position_in(line: bytes) -> int:
    return int(line.split(b",", 1)[0].split(b":")[1])


def test_a_removed_event_is_named(members: Members, tmp_path: Path, signer: Signer) -> None:
    lines = lines_of(members["events.jsonl"])
    gone = lines.pop(len(lines) // 2)
    after = resigned({**members, "events.jsonl": b"".join(lines)}, signer)
    assert told(found(tmp_path, after), f"position {position_in(gone)}", "is missing")


def test_an_inserted_event_is_named(members: Members, tmp_path: Path, signer: Signer) -> None:
    lines = lines_of(members["events.jsonl"])
    known = {position_in(line) for line in lines}
    at = next(i for i in range(1, len(lines)) if position_in(lines[i - 1]) + 1 not in known)
    new = position_in(lines[at - 1]) + 1
    made = lines[at - 1].replace(b'"position":%d' % (new - 1), b'"position":%d' % new, 1)
    content = b"".join([*lines[:at], made, *lines[at:]])
    said = found(tmp_path, resigned({**members, "events.jsonl": content}, signer))
    assert told(said, f"position {new}", "not an event that was put into the bundle")
    assert told(said, f"position {new}", "is not the one that was hashed")
    assert told(said, f"position {new}", "version")


def test_an_event_beyond_the_checkpoint_is_named(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    last = lines_of(members["events.jsonl"])[-1]
    new = last.replace(b'"position":%d' % position_in(last), b'"position":99999', 1)
    after = changed(members, "events.jsonl", lambda content: content + new)
    assert told(found(tmp_path, resigned(after, signer)), "position 99999", "beyond")


def test_swapped_events_are_named(members: Members, tmp_path: Path, signer: Signer) -> None:
    lines = lines_of(members["events.jsonl"])
    lines[3], lines[4] = lines[4], lines[3]
    early = position_in(lines[4])
    after = resigned({**members, "events.jsonl": b"".join(lines)}, signer)
    assert told(found(tmp_path, after), f"position {early}", "stands in events.jsonl")


def test_a_changed_event_is_named(members: Members, tmp_path: Path, signer: Signer) -> None:
    after = changed(members, "events.jsonl", lambda c: c.replace(b"1230.00", b"1230.01", 1))
    at = next(position_in(line) for line in lines_of(members["events.jsonl"]) if b"1230.00" in line)
    said = found(tmp_path, resigned(after, signer))
    assert told(said, f"position {at}", "is not the one that was hashed")
    assert told(said, "the root")


def test_a_changed_event_with_its_hash_still_gives_another_root(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    old = next(one for one in members["events.jsonl"].splitlines() if b"1230.00" in one)
    new = old.replace(b"1230.00", b"1230.01")
    hashes = members["proofs/hashes.txt"].replace(
        leaf_hash(old).hex().encode(), leaf_hash(new).hex().encode()
    )
    events = members["events.jsonl"].replace(old, new)
    after = resigned({**members, "events.jsonl": events, "proofs/hashes.txt": hashes}, signer)
    assert told(found(tmp_path, after), "the root", "was changed")


def test_a_changed_hash_line_gives_another_root(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    lines = lines_of(members["proofs/hashes.txt"])
    foreign = next(i for i, line in enumerate(lines) if not line.endswith(b" event\n"))
    position, digest = lines[foreign].split()
    lines[foreign] = b"%b %b\n" % (position, bytes(reversed(digest)))
    after = resigned({**members, "proofs/hashes.txt": b"".join(lines)}, signer)
    assert told(found(tmp_path, after), "the root", "was changed")


@pytest.mark.parametrize("how", ["removed", "twice"])
def test_a_hash_line_too_few_or_too_many_is_named(
    members: Members, tmp_path: Path, signer: Signer, how: str
) -> None:
    lines = lines_of(members["proofs/hashes.txt"])
    lines = lines[:6] + lines[7:] if how == "removed" else lines[:7] + lines[6:]
    after = resigned({**members, "proofs/hashes.txt": b"".join(lines)}, signer)
    assert told(found(tmp_path, after), "position 7")


def test_a_cut_log_is_named(members: Members, tmp_path: Path, signer: Signer) -> None:
    lines = lines_of(members["proofs/hashes.txt"])
    after = resigned({**members, "proofs/hashes.txt": b"".join(lines[:-1])}, signer)
    assert told(found(tmp_path, after), f"position {len(lines)}", "the checkpoint is of")


def forged(members: Members, other: Signer) -> Members:
    """The same bundle with everything signed by another key under the log's name."""
    text = parse(members["checkpoint"]).text
    after = {**members, "checkpoint": sign(text, [other]).write()}
    return resigned({**after, "verifier_key": f"{other.verifier.vkey}\n".encode()}, other)


def test_a_checkpoint_of_another_key_is_found(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    other = signer_of(signer.verifier.name)
    after = {**members, "checkpoint": sign(parse(members["checkpoint"]).text, [other]).write()}
    assert told(found(tmp_path, resigned(after, signer)), "checkpoint", "is not signed by")
    text = f"{signer.verifier.name}\n7\n{'A' * 43}=\n"
    said = Note(text, parse(members["checkpoint"]).signatures)
    after = {**members, "checkpoint": said.write()}
    assert told(found(tmp_path, resigned(after, signer)), "checkpoint", "does not fit")


def test_a_bundle_that_is_forged_as_a_whole_is_found_by_the_key(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    after = forged(members, signer_of(signer.verifier.name))
    assert told(found(tmp_path, after, signer.verifier.vkey), "verifier_key", "not the key")
    path = tmp_path / "forged.zip"
    path.write_bytes(zipped(after))
    assert ran(VERIFIER, path, "--key", signer.verifier.vkey, folder=tmp_path).returncode == 1
    alone = ran(VERIFIER, path, folder=tmp_path)  # it agrees with itself, and that is all it says
    assert alone.returncode == 0
    assert "The key was taken from the bundle itself" in alone.stdout


def test_a_key_from_elsewhere_is_taken_as_text_or_file(
    whole: bytes, tmp_path: Path, signer: Signer
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(whole)
    kept = tmp_path / "key"
    kept.write_text(signer.verifier.vkey + "\n", encoding="utf-8")
    for key in (signer.verifier.vkey, kept):
        done = ran(VERIFIER, path, "--key", key, folder=tmp_path)
        assert done.returncode == 0
        assert "The key was taken" not in done.stdout


def test_the_manifest_of_another_bundle_is_found(
    members: Members, tmp_path: Path, signer: Signer
) -> None:
    def other(content: bytes) -> bytes:
        size = next(line for line in content.splitlines() if line.startswith(b"size "))
        return content.replace(size, b"size 3")

    after = resigned(changed(members, "manifest", other), signer)
    assert told(found(tmp_path, after), "manifest", "another checkpoint")


def test_what_desktops_leave_in_a_folder_is_passed_over(whole: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        opened.extractall(tmp_path)
    (tmp_path / "projections" / ".DS_Store").write_bytes(b"x")
    assert found_in(tmp_path) == []
    (tmp_path / "json.py").write_text("raise SystemExit(0)", encoding="utf-8")
    done = ran("verify.py", folder=tmp_path)  # a file beside it is not imported
    assert done.returncode == 1
    assert "json.py: does not belong to the bundle" in done.stdout


def test_a_bundle_cannot_make_the_verifier_print_its_own_outcome(
    members: Members, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(zipped({**members, "x\nZGADZA SIĘ / HOLDS: \x1b[2J": b""}))
    done = ran(VERIFIER, path, folder=tmp_path)
    assert done.returncode == 1
    assert not any(line.startswith("ZGADZA") for line in done.stdout.splitlines())
    assert "\x1b" not in done.stdout


def test_a_key_that_cannot_be_read_is_bad_usage(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(whole)
    done = ran(VERIFIER, path, "--key", tmp_path / "none", folder=tmp_path)
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


def test_a_timestamp_is_of_what_the_log_was(
    members: Members, signer: Signer, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(zipped(members))
    held = ran(VERIFIER, "bundle.zip", folder=tmp_path).stdout
    size = read_checkpoint(parse(members["proofs/stamped"]).text).size
    assert size < read_checkpoint(parse(members["checkpoint"]).text).size
    assert f", its first {size} events stamped." in held
    assert "openssl ts -verify -data proofs/stamped -in proofs/stamp" in held
    assert read_stamp(members["proofs/stamp"]).at == STAMPED_AT


def test_a_stamped_state_that_the_log_never_had_is_found(
    members: Members, signer: Signer, tmp_path: Path
) -> None:
    stamped = read_checkpoint(parse(members["proofs/stamped"]).text)
    other = sign(stamped._replace(root=bytes(32)).text(), [signer]).write()
    answer = PracticeAuthority(tmp_path / "a", lambda: STAMPED_AT).answer(query(other).sent)
    for after, word in (
        ({"proofs/stamped": other, "proofs/stamp": answer}, "another root than the log had"),
        ({"proofs/stamped": other}, "is not of proofs/stamped"),
        ({"proofs/stamp": answer}, "is not of proofs/stamped"),
    ):
        lines = found(tmp_path, resigned({**members, **after}, signer))
        assert len(lines) == 1
        assert word in lines[0]


@pytest.mark.parametrize("name", ["proofs/stamped", "proofs/stamp"])
def test_one_half_of_a_timestamp_is_not_one(
    members: Members, signer: Signer, tmp_path: Path, name: str
) -> None:
    rest = {one: content for one, content in members.items() if one != name}
    assert told(found(tmp_path, resigned(rest, signer)), name, "is missing")


def cosigned(members: Members, signer: Signer, spoil: int = 0) -> Members:
    """The same with a witness's signature under the checkpoint, of which a bit may be changed."""
    witness = Signer("witness.example/w", Ed25519PrivateKey.generate(), COSIGNATURE)
    note = parse(members["checkpoint"])
    made = witness.sign(note.text, 1_700_000_000)
    blob = made.blob[:-1] + bytes([made.blob[-1] ^ spoil])
    whole = Note(note.text, (*note.signatures, made._replace(blob=blob))).write()
    keys = f"{witness.verifier.vkey}\n".encode()
    return resigned({**members, "checkpoint": whole, "witness_keys": keys}, signer)


def test_a_witness_that_cosigned_is_named_with_the_time(
    members: Members, signer: Signer, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(zipped(cosigned(members, signer)))
    held = ran(VERIFIER, "bundle.zip", folder=tmp_path)
    assert held.returncode == 0, held.stdout
    lines = held.stdout.splitlines()
    assert lines[-1].endswith(", cosigned by witness.example/w on 2023-11-14 22:13 UTC.")
    assert "The witnesses' keys were taken from the bundle too: see --witness." in lines


def test_a_cosignature_that_does_not_fit_is_told(
    members: Members, signer: Signer, tmp_path: Path
) -> None:
    lines = found(tmp_path, cosigned(members, signer, spoil=1))
    assert lines == ["checkpoint: the cosignature of witness.example/w does not fit"]


@pytest.mark.parametrize(
    ("table", "before", "after", "words"),
    [
        ("team_members", b",member,", b",chair,", "role is chair, the events say member"),
        (
            "teams",
            b",model,",
            b",steering,",
            "kind is steering, the events say model",
        ),
        ("milestones", b",overdue,", b",completed,", "status is completed, the events say overdue"),
        ("milestones", b"2019-03-31", b"2019-04-30", "ends_on is 2019-04-30"),
    ],
)
def test_who_is_in_a_team_and_how_a_milestone_stands_is_computed_anew(
    members: Members,
    signer: Signer,
    tmp_path: Path,
    table: str,
    before: bytes,
    after: bytes,
    words: str,
) -> None:
    name = f"projections/{table}.csv"
    spoiled = changed(members, name, lambda content: content.replace(before, after))
    assert told(found(tmp_path, resigned(spoiled, signer)), name, words)


def test_a_member_that_is_left_out_of_a_table_is_missed(
    members: Members, signer: Signer, tmp_path: Path
) -> None:
    name = "projections/team_members.csv"
    spoiled = changed(members, name, lambda content: b"".join(lines_of(content)[:-1]))
    assert told(found(tmp_path, resigned(spoiled, signer)), name, "is missing")
