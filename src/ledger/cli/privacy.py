"""How is the key of all personal data replaced?"""

from ledger.cli.outcome import DONE, print_json
from ledger.cli.place import HERE, Json, Place, keys_of, opened


def rotate_master_key(*, place: Place = HERE, json: Json = False) -> int:
    """Wraps every person's key by a new master key; a running service goes on.

    What was wrapped by the old one, in backups too, is useless from then on.
    """
    from ledger.privacy.rotation import rotate_master_key as rotate

    with opened(place) as url:
        count = rotate(url, keys_of(place))
    if json:
        print_json({"keys": count})
    else:
        print(
            f"{count} keys are wrapped by a new master key. Keep a copy of it apart from backups."
        )
    return DONE
