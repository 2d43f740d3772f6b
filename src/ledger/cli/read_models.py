"""How are the read models kept? Made anew when asked, and followed by a projector of their own."""

import logging
import signal
import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ledger.cli.outcome import DONE, BadUsage, print_json
from ledger.cli.place import HERE, Json, Place, keys_of, opened
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from ledger.projections.engine.model import ReadModel


def rebuild(
    *names: Annotated[str, Parameter(name="PROJECTION", help="Read models by name; else all.")],
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Makes read models anew from the log, while the service goes on."""
    from ledger.event_store.connections import projector
    from ledger.projections.engine.rebuild import rebuild as make_anew

    models = _models(names)
    with opened(place) as url:
        began = time.monotonic()
        with projector(url) as connection, progress("Events") as tell:
            position = make_anew(connection, models, tell)
        seconds = round(time.monotonic() - began, 2)
    if json:
        made = [model.name for model in models]
        print_json({"rebuilt": made, "position": position, "seconds": seconds})
    else:
        print(f"{len(models)} read models stand at position {position}, after {seconds:.1f} s.")
    return DONE


def _models(names: tuple[str, ...]) -> list["ReadModel"]:
    from ledger.projections.engine.model import read_models

    there = {model.name: model for model in read_models()}
    if unknown := [name for name in names if name not in there]:
        raise BadUsage(f"Unknown read model {unknown[0]}. There are: {', '.join(there)}.")
    return [model for name, model in there.items() if not names or name in names]


def project(*, place: Place = HERE) -> int:
    """Keeps the read models up to date and seals the log, without the service, until stopped."""
    from ledger.access.secret import AccessKey
    from ledger.attestations.attesting import Attesting
    from ledger.attestations.outside import outside
    from ledger.integrity.sealing import Sealer
    from ledger.settings import settings
    from ledger.worker import Worker

    others = outside(settings())
    with opened(place, logging.INFO) as url:
        worker = Worker(url)
        attesting = Attesting(url, keys_of(place), others)
        sealer = Sealer(url, keys_of(place), origin=settings().origin)
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda _number, _frame: worker.stop())
        # The service may only read the folder of keys: what it needs there is made here.
        AccessKey(keys_of(place)).open()
        print("The read models follow the log. Stop with Ctrl-C.", flush=True)
        sealer.start()
        attesting.start()
        try:
            worker.run()
        finally:
            attesting.stop()
            sealer.stop()
    return DONE
