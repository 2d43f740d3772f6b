"""What can be typed? Every command of `ledger` on one screen; each is imported when it runs."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from ledger.cli.outcome import BAD_USAGE, INTERRUPTED, BadUsage, Failed, complain, sentence

BROKEN_PIPE = 141  # what a shell says of a program that wrote to a reader that had left


def _version() -> str:
    from importlib.metadata import version

    return version("ledger")


app = App(
    name="ledger",
    help="A bitemporal, append-only ledger of publicly funded projects.",
    version=_version,
    help_format="plaintext",  # the others load a parser: 80 ms
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
token = App(name="token", help="Credentials: made, listed, revoked.")
export = App(name="export", help="What others read: the log as lines.")
database = App(name="database", help="The database behind the ledger.")

_COMMANDS = (
    (app, "demo", "demo:demo", "The ledger with the case files, to try; prints address, tokens."),
    (app, "serve", "serving:serve", "The service, until it is told to stop."),
    (app, "load", "load:load", "Case files: commands in YAML or JSON lines."),
    (app, "replay", "replay:replay", "A project's summary, as it was known then."),
    (app, "rebuild", "read_models:rebuild", "Read models anew from the log."),
    (app, "project", "read_models:project", "Keeps the read models up to date, and only that."),
    (app, "benchmark", "measuring:benchmark", "The figures of the README, measured anew."),
    (token, "create", "tokens:create", "Makes a token; its text is shown this once."),
    (token, "list", "tokens:show", "Who may call."),
    (token, "revoke", "tokens:revoke", "Ends a token at once."),
    (export, "events", "exports:events", "The log as JSON lines, byte for byte as it is proved."),
    (database, "url", "place:url", "The address by which psql reaches the database in use."),
)
for _under, _name, _where, _help in _COMMANDS:
    _under.command(f"ledger.cli.{_where}", name=_name, help=_help)
for _group in (token, export, database):
    app.command(_group)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; answers its exit code: 0 done, 1 found wrong, 2 bad usage."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        error.verbose = False
        complain(f"{error} See: {' '.join(('ledger', *(error.command_chain or ())))} --help")
        return BAD_USAGE
    except BadUsage as error:
        complain(str(error))
        return BAD_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that nothing fails on the way out
        return BROKEN_PIPE
    except Exception as error:
        if (said := sentence(error)) is None:
            raise
        complain(said)
        return Failed.code
    return code if isinstance(code, int) else 0
