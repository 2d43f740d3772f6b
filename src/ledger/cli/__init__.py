"""What can be typed? Every command of `ledger` on one screen; each is imported when it runs."""

import gc
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from ledger.cli.outcome import BAD_USAGE, INTERRUPTED, BadUsage, Failed, complain, sentence

# What commands work with are rows by the hundred thousand, hardly ever in cycles: to look for these
# every 700 objects cost a bundle of 100 000 documents 12 % of its time, and saved no memory.
GARBAGE_LOOKED_FOR = (50_000, 20, 20)
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
account = App(name="account", help="People who sign in: made, listed, granted roles, disabled.")
token = App(name="token", help="Credentials of machines: made, listed, rotated, revoked.")
imports = App(name="import", help="Files of others: documents, e-invoices.")
export = App(name="export", help="What others read: the log, claims, registers.")
person = App(name="person", help="Personal data: what is held of somebody, and who read it.")
privacy = App(name="privacy", help="The key of all personal data.")
database = App(name="database", help="The database behind the ledger.")
sample = App(name="sample", help="Audit samples: sized, drawn, evaluated.")
log = App(name="log", help="The signed log: its keys, and who vouches for it.")
authority = App(name="timestamp-authority", help="A TEST timestamp authority (RFC 3161).")
witness = App(name="witness", help="A witness of logs, for another body to run.")

_COMMANDS = (
    (app, "demo", "demo:demo", "The ledger with the case files, to try; prints address, tokens."),
    (app, "serve", "serving:serve", "The service, until it is told to stop."),
    (app, "load", "load:load", "Case files: commands in YAML or JSON lines."),
    (app, "replay", "replay:replay", "A project's summary, as it was known then."),
    (app, "changes", "changes:changes", "What changed in a project between two moments."),
    (app, "rebuild", "read_models:rebuild", "Read models anew from the log."),
    (app, "project", "read_models:project", "Keeps read models up to date, seals the log."),
    (app, "benchmark", "measuring:benchmark", "The figures of the README, measured anew."),
    (account, "create", "accounts:create", "Makes an account; prints a link for its password."),
    (account, "list", "accounts:show", "Who signs in, and as what."),
    (account, "grant", "accounts:grant", "Gives an account a role."),
    (account, "disable", "accounts:disable", "Ends an account at once."),
    (account, "enable", "accounts:enable", "Lets an account sign in again, without roles."),
    (account, "reset-password", "accounts:reset_password", "A link for another password."),
    (account, "remove-second-factor", "accounts:remove_second_factor", "Where it is lost."),
    (token, "create", "tokens:create", "Makes a token; its text is shown this once."),
    (token, "list", "tokens:show", "Who may call."),
    (token, "revoke", "tokens:revoke", "Ends a token at once."),
    (token, "rotate", "tokens:rotate", "Gives a token a new secret, shown this once."),
    (export, "events", "exports:events", "The log as JSON lines, byte for byte as it is proved."),
    (export, "claim", "exports:claim", "A payment claim: PDF to sign, workbook to check."),
    (export, "expenditures", "exports:expenditures", "A project's expenditure register."),
    (export, "bundle", "bundling:bundle", "What an auditor takes away and checks by himself."),
    (imports, "expenditures", "importing:expenditures", "Documents: XLSX, CSV, KSeF invoices."),
    (app, "verify", "verify_ledger:app", "Whether what was recorded is what is there."),
    (sample, "size", "sampling:size", "How many units a design needs."),
    (sample, "draw", "sampling:draw", "Draws a sample from a checkpoint of the log."),
    (sample, "evaluate", "sampling:evaluate", "What a sample says, each formula with its numbers."),
    (log, "key", "verifying:key", "The public key by which the log is verified."),
    (log, "rotate-key", "verifying:rotate_key", "A new key; the old one signs on beside it."),
    (log, "continue", "continuing:continue_log", "After a restore: ends the log, begins another."),
    (log, "continuations", "continuing:continuations", "How the log went on after a restore."),
    (log, "witnesses", "attesting:witnesses", "Who cosigns the log, and how far each has come."),
    (log, "timestamps", "attesting:timestamps", "When the log had which root, by an authority."),
    (witness, "serve", "witnessing:serve", "Cosigns the checkpoints of logs that only grow."),
    (witness, "key", "witnessing:key", "The witness's public key."),
    (authority, "serve", "practising:serve", "A TEST authority, to practise with."),
    (person, "export", "persons:export", "Everything that is held about a person, as JSON."),
    (person, "reads", "persons:reads", "Who read a person's data, when and where."),
    (person, "due", "persons:due", "Whose data need not be kept any more."),
    (person, "request-erasure", "persons:request_erasure", "Asks that they be erased."),
    (person, "approve-erasure", "persons:approve_erasure", "Somebody else agrees: they are."),
    (privacy, "rotate-master-key", "privacy:rotate_master_key", "Wraps all keys by a new one."),
    (database, "url", "place:url", "The address by which psql reaches the database in use."),
)
for _under, _name, _where, _help in _COMMANDS:
    _under.command(f"ledger.cli.{_where}", name=_name, help=_help)
for _group in (
    account,
    token,
    imports,
    export,
    sample,
    log,
    witness,
    authority,
    person,
    privacy,
    database,
):
    app.command(_group)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; answers its exit code: 0 done, 1 found wrong, 2 bad usage."""
    gc.set_threshold(*GARBAGE_LOOKED_FOR)
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
