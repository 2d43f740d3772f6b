"""Does it hold? What can be checked without believing the ledger, and the key that is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ledger.cli.outcome import DONE, FOUND_WRONG, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, keys_of

if TYPE_CHECKING:
    from ledger.integrity.note import Verifier

RECEIPT_LIMIT_BYTES = 10 * 1024 * 1024


def receipt(
    file: Annotated[Path, Parameter(name="FILE", help="The receipt.")],
    /,
    *,
    key: Annotated[
        str | None, Parameter(help="The log's verifier key; else the receipt's own is believed.")
    ] = None,
    witness: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help="A witness's verifier key; it must have cosigned the receipt."),
    ] = (),
    json: Json = False,
) -> int:
    """Checks a receipt: the event's hash, its path to the root, the signatures of the root."""
    from ledger.integrity.receipts import ReceiptRefused, check

    try:
        with file.open("rb") as opened_file:
            stored = opened_file.read(RECEIPT_LIMIT_BYTES)
    except OSError as error:
        raise BadUsage(f"{file} cannot be read: {error.strerror}.") from None
    known = verifier_in(key, "--key") if key is not None else None
    witnesses = [verifier_in(text, "--witness") for text in witness]
    try:
        proved = check(stored, known, witnesses)
    except ReceiptRefused as error:
        if json:
            print_json({"holds": False, "why": str(error)})
        else:
            print(f"{file} proves nothing: {error}.")
        return FOUND_WRONG
    if json:
        print_json(
            {
                "holds": True,
                "position": proved.event.position,
                "origin": proved.checkpoint.origin,
                "size": proved.checkpoint.size,
                "root": proved.checkpoint.root.hex(),
                "verifier_key": proved.verifier.vkey,
                "key_given": known is not None,
                "cosigned": [
                    {"name": one.witness.name, "key": one.witness.vkey, "at": one.at}
                    for one in proved.vouched
                ],
                "witnesses_given": bool(witnesses),
            }
        )
    else:
        own = "" if known else " That the key is the log's own, only the receipt says: see --key."
        theirs = proved.vouched and not witnesses
        more = " Who the witnesses are, only the receipt says: see --witness." if theirs else ""
        print(proved.sentence() + own + more)
    return DONE


def verifier_in(text: str, option: str) -> "Verifier":
    """The verifier key that was typed. Raises `BadUsage`."""
    from ledger.integrity.note import NoteRefused, read_vkey

    try:
        return read_vkey(text)
    except NoteRefused as error:
        raise BadUsage(f"{option}: {error}.") from None


def key(*, place: Place = HERE, json: Json = False) -> int:
    """Prints the log's verifier key, which may and should be known to everybody."""
    from ledger.integrity.key_files import KeysRefused
    from ledger.integrity.keys import KeyFolder

    folder = keys_of(place)
    try:
        verifiers = KeyFolder(folder).verifiers()
    except KeysRefused as error:
        raise Failed(f"{error}.") from None
    if not verifiers:
        raise Failed(f"There is no key in {folder} yet: the service makes it when it first starts.")
    newest, *older = (one.vkey for one in verifiers)
    if json:
        print_json({"origin": verifiers[0].name, "key": newest, "older": older})
    else:
        print(newest)
    return DONE


def rotate_key(*, place: Place = HERE, json: Json = False) -> int:
    """Makes a new key and prints its verifier key; a running service takes it up by itself.

    Checkpoints carry both signatures for as long as the old key lies in the folder `old`.
    """
    from ledger.integrity.key_files import KeysRefused
    from ledger.integrity.keys import KeyFolder

    try:
        made = KeyFolder(keys_of(place)).rotate()
    except KeysRefused as error:
        raise Failed(f"{error}.") from None
    print_json({"origin": made.name, "key": made.vkey}) if json else print(made.vkey)
    return DONE
