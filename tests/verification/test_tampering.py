"""Is it noticed? Everything that the owner of the database can do to it, and what is said of it."""

import re
import shutil
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.aggregates.institutions import InstitutionRegistered
from ledger.integrity.key_files import SealingRefused
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import COSIGNATURE, Signer, parse
from ledger.integrity.sealing import Sealer
from ledger.verification import Kind
from ledger.verification.signatures import Witnessed
from ledger.witness.judging import Witness
from ledger.witness.memory import Memory, hash_of
from tests.verification.conftest import Copy
from tests.verification.tampering import (
    Ledger,
    append,
    first,
    forge,
    forget_tree,
    insert,
    kinds,
    leaf_at,
    moved,
    renumber,
    reseal,
    tampering,
    write_leaf,
)

INVENTED = InstitutionRegistered(name="Dopisana", sector="ngo", level="commune")
AT = 40


def test_a_changed_byte_of_an_event_is_told_with_its_position(ledger: Ledger) -> None:
    with tampering(ledger) as owner:
        leaf = leaf_at(owner, AT)
        owner.execute(
            "UPDATE log.events SET leaf = set_byte(leaf, length(leaf) - 3,"
            " get_byte(leaf, length(leaf) - 3) # 1) WHERE position = %s",
            (AT,),
        )
        assert leaf_at(owner, AT) != leaf
    assert first(ledger.verify()) == (Kind.CHANGED, AT)


def test_an_event_changed_together_with_its_columns_is_told_by_its_sealed_hash(
    ledger: Ledger,
) -> None:
    with tampering(ledger) as owner:
        leaf, day = leaf_at(owner, AT), b'"effective_on":"2017-01-01"'
        write_leaf(owner, AT, re.sub(rb'"effective_on":"[^"]*"', day, leaf))
        owner.execute(
            "UPDATE log.events SET effective_on = '2017-01-01' WHERE position = %s", (AT,)
        )
        assert leaf_at(owner, AT) != leaf
    report = ledger.verify()
    assert first(report) == (Kind.CHANGED, AT)
    assert ("checkpoints", Kind.REWRITTEN) in kinds(report)


def test_an_event_changed_together_with_its_tile_is_told_by_the_next_signed_root(
    ledger: Ledger, tmp_path: Path
) -> None:
    with tampering(ledger) as owner:
        forge(owner, AT)
        signed = owner.execute("SELECT size, root, note FROM tree.checkpoints").fetchall()
        forget_tree(owner)
    reseal(ledger, tmp_path / "other keys")
    with tampering(ledger) as owner:
        owner.execute("TRUNCATE tree.checkpoints, tree.cosignatures, tree.timestamps")
        owner.cursor().executemany(
            "INSERT INTO tree.checkpoints (size, root, note) VALUES (%s, %s, %s)", signed
        )
    found = ledger.verify().differences[0]
    assert (found.kind, found.position) == (Kind.REWRITTEN, 1)
    assert found.upto == min(size for size, _root, _note in signed)


def test_the_last_events_cannot_be_deleted(ledger: Ledger) -> None:
    size = ledger.size()
    with tampering(ledger) as owner:
        owner.execute("DELETE FROM log.events WHERE position > %s", (size - 2,))
    report = ledger.verify()
    assert first(report) == (Kind.CUT, size - 1)
    assert {name for name, _kind in kinds(report)} >= {"sequence", "tree", "checkpoints"}


def test_the_last_event_cannot_be_deleted_together_with_what_the_head_knows(
    ledger: Ledger,
) -> None:
    size = ledger.size()
    with tampering(ledger) as owner:
        owner.execute("DELETE FROM log.events WHERE position = %s", (size,))
        owner.execute("UPDATE log.head SET position = %s", (size - 1,))
    report = ledger.verify()
    assert first(report) == (Kind.CUT, size)


def test_an_event_in_the_middle_cannot_be_deleted(ledger: Ledger) -> None:
    with tampering(ledger) as owner:
        owner.execute("DELETE FROM log.events WHERE position = %s", (AT,))
    report = ledger.verify()
    assert first(report) == (Kind.REMOVED, AT)


@pytest.mark.parametrize("count", [1, 3])
def test_events_that_were_deleted_are_missed_even_if_the_others_close_the_gap(
    ledger: Ledger, count: int
) -> None:
    with tampering(ledger) as owner:
        owner.execute(
            "DELETE FROM log.events WHERE position >= %s AND position < %s", (AT, AT + count)
        )
        renumber(owner, AT + count, -count)
    report = ledger.verify()
    assert first(report) == (Kind.REMOVED, AT)
    assert report.differences[0].text.startswith("An event was" if count == 1 else "3 events were")


@pytest.mark.parametrize("other", [AT + 1, AT + 9])
def test_swapped_events_are_told_apart_from_changed_ones(ledger: Ledger, other: int) -> None:
    with tampering(ledger) as owner:
        owner.execute("UPDATE log.events SET position = 1000000 WHERE position = %s", (AT,))
        for before, after in ((other, AT), (1_000_000, other)):
            owner.execute(
                "UPDATE log.events SET position = %s WHERE position = %s", (after, before)
            )
            write_leaf(owner, after, moved(leaf_at(owner, after), after))
    report = ledger.verify()
    assert first(report) == (Kind.SWAPPED, AT)
    assert [one.kind for one in report.checks[0].differences] == [Kind.SWAPPED]


def test_events_that_change_places_and_keep_their_bytes_are_told_as_swapped(
    ledger: Ledger,
) -> None:
    with tampering(ledger) as owner:
        owner.execute("UPDATE log.events SET position = 1000000 WHERE position = %s", (AT,))
        owner.execute("UPDATE log.events SET position = %s WHERE position = %s", (AT, AT + 1))
        owner.execute("UPDATE log.events SET position = %s WHERE position = 1000000", (AT + 1,))
    assert first(ledger.verify()) == (Kind.SWAPPED, AT)


def test_an_inserted_event_is_told_apart_from_changed_ones(ledger: Ledger) -> None:
    with tampering(ledger) as owner:
        renumber(owner, AT, 1)
        insert(owner, AT, INVENTED)
    report = ledger.verify()
    assert first(report) == (Kind.INSERTED, AT)
    assert report.checks[0].count == 1


def test_an_event_that_the_head_never_gave_a_position_is_inserted(ledger: Ledger) -> None:
    size = ledger.size()
    with tampering(ledger) as owner:
        insert(owner, size + 1, INVENTED)
    assert first(ledger.verify()) == (Kind.INSERTED, size + 1)


def test_a_tree_that_was_rewritten_and_signed_with_another_key_is_told(
    ledger: Ledger, tmp_path: Path
) -> None:
    with tampering(ledger) as owner:
        forge(owner, AT)
        forget_tree(owner)
    reseal(ledger, tmp_path / "other keys")
    report = ledger.verify()
    found = report.differences[0]
    assert (found.kind, found.position, found.upto) == (Kind.RESIGNED, 1, ledger.size())
    assert ("signed last", Kind.REWRITTEN) in kinds(report)


def test_a_tree_that_was_rewritten_with_the_logs_own_key_is_told_by_a_kept_checkpoint(
    ledger: Ledger,
) -> None:
    with tampering(ledger) as owner:
        kept = [
            bytes(row[0])
            for row in owner.execute("SELECT note FROM tree.checkpoints ORDER BY size")
        ]
        forge(owner, AT)
        forget_tree(owner)
    (ledger.keys / "log.last").unlink()
    reseal(ledger, ledger.keys)
    assert ledger.verify().ok
    assert first(ledger.verify(kept=kept)) == (Kind.FORKED, 1)


def test_a_tree_that_was_rewritten_with_the_logs_own_key_is_told_by_a_witness(
    ledger: Ledger, tmp_path: Path
) -> None:
    [log] = KeyFolder(ledger.keys).verifiers()
    memory = Memory(tmp_path / "witness")
    witness = Witness(memory, memory.open(), {log.name: [log]})
    with tampering(ledger) as owner:
        [note] = owner.execute("SELECT note FROM tree.checkpoints ORDER BY size DESC LIMIT 1")
        assert witness.add_checkpoint(b"old 0\n\n" + bytes(note[0])).status == HTTPStatus.OK
        remembered = Witnessed(witness.verifier.name, memory.served(hash_of(log.name)))
        assert ledger.verify(witnessed=[remembered]).ok
        forge(owner, AT)
        forget_tree(owner)
    (ledger.keys / "log.last").unlink()
    reseal(ledger, ledger.keys)
    assert ledger.verify().ok
    report = ledger.verify(witnessed=[remembered])
    assert first(report) == (Kind.FORKED, 1)
    assert kinds(report) == {("witnesses' memory", Kind.FORKED)}


def test_a_witness_that_says_nothing_is_a_warning(ledger: Ledger) -> None:
    silent = [Witnessed("a.example/w", None), Witnessed("b.example/w", None, "ConnectError")]
    report = ledger.verify(witnessed=silent)
    assert report.ok
    [check] = [one for one in report.checks if one.name == "witnesses' memory"]
    assert check.warnings == [
        "a.example/w has cosigned nothing of this log.",
        "b.example/w cannot be asked: ConnectError.",
    ]


def test_a_database_rolled_back_to_an_older_backup_is_told(ledger: Ledger, copy: Copy) -> None:
    backup, size = copy(ledger), ledger.size()
    append(ledger, INVENTED)
    Sealer(ledger.url, ledger.keys).catch_up()
    found = backup.verify().differences[0]
    assert (found.kind, found.position, found.upto) == (Kind.ROLLED_BACK, size + 1, size + 1)


def test_a_database_rolled_back_that_went_on_is_a_fork(ledger: Ledger, copy: Copy) -> None:
    backup, size = copy(ledger), ledger.size()
    append(ledger, INVENTED)
    Sealer(ledger.url, ledger.keys).catch_up()
    for _ in range(2):
        append(backup, INVENTED)
    with pytest.raises(SealingRefused):
        Sealer(backup.url, backup.keys).catch_up()
    assert ledger.verify().checks[5].ok
    found = backup.verify().differences[0]
    assert (found.kind, found.position) == (Kind.FORKED, size + 1)


def test_a_changed_row_of_a_read_model_is_told_with_its_table_column_and_event(
    ledger: Ledger,
) -> None:
    with ledger.owner() as owner:
        row = owner.execute(
            "UPDATE read.institutions SET name = 'Inna' WHERE institution ="
            " (SELECT institution FROM read.institutions ORDER BY position LIMIT 1)"
            " AND known_to = 9223372036854775807 RETURNING position"
        ).fetchone()
        owner.execute("DELETE FROM read.milestones WHERE known_from = 41")
    report = ledger.verify()
    assert row is not None
    assert first(report) == (Kind.READ_MODEL, row[0])
    assert "institutions institution" in report.differences[0].text
    assert "name is 'Inna', the events say" in report.differences[0].text


def test_a_row_that_no_event_makes_is_told(ledger: Ledger) -> None:
    with ledger.owner() as owner:
        owner.execute(
            "INSERT INTO read.institutions SELECT (r).* FROM (SELECT jsonb_populate_record("
            "i, jsonb_build_object('institution', gen_random_uuid())) AS r"
            " FROM read.institutions AS i LIMIT 1) AS made"
        )
    report = ledger.verify()
    assert kinds(report) == {("read models", Kind.READ_MODEL)}
    assert "no event makes this row" in report.differences[0].text


def test_a_missing_row_is_told(ledger: Ledger) -> None:
    with ledger.owner() as owner:
        owner.execute(
            "DELETE FROM read.institutions WHERE position ="
            " (SELECT max(position) FROM read.institutions)"
        )
    assert "the row is missing" in ledger.verify().told()


def test_a_changed_document_is_told_with_its_digest(ledger: Ledger) -> None:
    [document] = [one for one in ledger.documents.rglob("*") if one.is_file()]
    document.write_bytes(b"%PDF-1.7 another")
    report = ledger.verify()
    assert kinds(report) == {("documents", Kind.DOCUMENT)}
    assert document.name in report.differences[0].text


def test_a_document_that_is_gone_is_told(ledger: Ledger) -> None:
    shutil.rmtree(ledger.documents)
    assert "is not in the store" in ledger.verify().told()


def test_a_changed_tile_is_told_apart_from_a_changed_event(ledger: Ledger) -> None:
    with tampering(ledger) as owner:
        owner.execute(
            "UPDATE tree.tiles SET hashes = set_byte(hashes, %s, 1 + get_byte(hashes, %s) %% 255)"
            " WHERE (level, n) = (0, 0)",
            (32 * (AT - 1), 32 * (AT - 1)),
        )
    report = ledger.verify()
    assert kinds(report) == {("tree", Kind.TILE)}
    assert first(report) == (Kind.TILE, AT)


def test_a_trigger_that_is_switched_off_or_emptied_is_a_warning(ledger: Ledger) -> None:
    with ledger.owner() as owner:
        owner.execute("ALTER TABLE log.events DISABLE TRIGGER events_are_immutable")
        owner.execute("DROP TRIGGER rules_are_immutable ON log.rules")
        owner.execute(
            "CREATE OR REPLACE FUNCTION tree.refuse_change() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
    report = ledger.verify()
    assert report.ok
    assert [text.split(" ", 3)[2] for text in report.checks[-1].warnings] == [
        "events_are_immutable", "rules_are_immutable",
        "checkpoints_are_immutable", "cosignatures_are_immutable", "timestamps_are_immutable",
        "verifications_are_immutable",
    ]  # fmt: skip


def test_a_policy_that_hides_rows_from_those_who_may_see_all_is_told(ledger: Ledger) -> None:
    with ledger.owner() as owner:
        owner.execute("CREATE POLICY cut ON log.events AS RESTRICTIVE USING (position <> 7)")
        owner.execute("DROP POLICY everyone ON read.teams")
        owner.execute("ALTER POLICY everyone ON read.charges USING (NOT withdrawn)")
        owner.execute("DROP POLICY of_project ON read.claims")
    report = ledger.verify()
    assert {one.kind for one in report.differences} == {Kind.HIDDEN}
    assert [one.text for one in report.differences] == [
        "The policy cut of log.events may hide rows.",
        "The policy everyone of read.charges may hide rows.",
        "read.charges shows its rows to nobody but its owner.",
        "read.teams shows its rows to nobody but its owner.",
    ]
    (warned,) = (check.warnings for check in report.checks if check.name == "row security")
    assert warned == ["read.claims is not cut for those who are confined to a project."]


def test_without_the_public_key_no_signature_counts_as_checked(ledger: Ledger) -> None:
    (ledger.keys / "log.vkey").unlink()
    assert KeyFolder(ledger.keys).verifiers() == []
    assert first(ledger.verify()) == (Kind.UNCHECKED, None)


def test_an_event_that_breaks_the_fold_is_told_and_the_rest_is_checked(ledger: Ledger) -> None:
    with tampering(ledger) as owner:
        [row] = owner.execute(
            "SELECT min(position) FROM log.events WHERE type = 'institution.registered'"
        ).fetchall()
        broken = b'"evidence":5,"request_id"'
        leaf = re.sub(rb'"evidence":.*"request_id"', broken, leaf_at(owner, row[0]))
        write_leaf(owner, row[0], leaf)
    report = ledger.verify()
    assert first(report) == (Kind.CHANGED, row[0])
    assert ("read models", Kind.UNCHECKED) in kinds(report)
    with ledger.owner() as owner:
        assert owner.execute("SELECT to_regclass('read.institutions__new')").fetchone() == (None,)


def test_what_a_witness_cosigned_is_checked_with_its_key(ledger: Ledger) -> None:
    witness = Signer("witness.example", Ed25519PrivateKey.generate(), COSIGNATURE)
    with ledger.owner() as owner:
        notes = owner.execute("SELECT size, note FROM tree.checkpoints ORDER BY size").fetchall()
        lines = [witness.sign(parse(bytes(note)).text, 1_700_000_000).line() for _, note in notes]
        into = (
            "INSERT INTO tree.cosignatures (size, name, note_line)"
            " VALUES (%s, 'witness.example', %s)"
        )
        owner.execute(into, (notes[0][0], lines[0]))
        assert ledger.verify().ok
        assert ledger.verify(witnesses=[witness.verifier]).ok
        owner.execute(into, (notes[1][0], lines[0]))
    assert ledger.verify().ok
    assert first(ledger.verify(witnesses=[witness.verifier])) == (Kind.COSIGNATURE, notes[1][0])


def test_what_another_process_finds_in_a_long_log_is_told_as_well(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.verification.apart.LONG_LOG", 0)
    assert ledger.verify().ok
    with ledger.owner() as owner:
        owner.execute("UPDATE read.institutions SET known_from = 1 + known_from WHERE name <> ''")
    assert kinds(ledger.verify()) == {("read models", Kind.READ_MODEL)}
