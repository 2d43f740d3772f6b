"""How does the report look in a browser? One file without script, in two languages.

Every text stands there in both; the reader chooses one or both. Where a browser is too old for
the choice, both are shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files

from ledger.bundle.report import NUMBERS, Both, Cells, Column, Report, Table
from ledger.bundle.words import WORDS

CHECK = "python -I verify.py"
_LONG = frozenset({"long", "both"})


def report_html(report: Report, bodies: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    """The whole page; `bodies`: the rows of each table as `rows_html` has made them."""
    style = (files("ledger.bundle") / "report.css").read_text(encoding="utf-8")
    title = f"{report.code} – {' / '.join(WORDS['report'])}"
    head = [
        _switch(),
        f"<header><p>{_word('report')}</p><h1>{escape(report.title)}</h1></header>",
        f"<main><p>{_word('lead')} {_word('printed_alone')} {_word('currency')}</p>",
        _facts("proof", report.proof),
        f"<p>{_word('compare')}</p>",
        _facts("project", report.project),
    ]
    yield (
        '<!DOCTYPE html>\n<html lang="pl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(head)
        + "\n"
    ).encode()
    for table in report.tables:
        yield from _table(table, bodies[table.name])
    yield (
        f'<section aria-labelledby="checking"><h2 id="checking">{_word("checking")}</h2>'
        f"<p>{_word('check_with')}</p><pre><code>{CHECK}</code></pre></section></main>"
        "\n</body>\n</html>\n"
    ).encode()


def rows_html(columns: Sequence[Column], rows: Iterable[Cells]) -> bytes:
    """Some rows of a table."""
    return "".join(f"{_row(columns, row)}\n" for row in rows).encode()


def _switch() -> str:
    choices = (
        ("pl", "Polski", " checked"),
        ("en", "English", ""),
        ("both", "Polski + English", ""),
    )
    inputs = "".join(
        f'<label><input type="radio" name="language" id="show-{name}"{checked}> {text}</label>'
        for name, text, checked in choices
    )
    return f"<fieldset><legend>{' / '.join(WORDS['language'])}</legend>{inputs}</fieldset>"


def _both(said: Both) -> str:
    if said.pl == said.en:
        return escape(said.pl)
    return f'<span lang="pl">{escape(said.pl)}</span><span lang="en">{escape(said.en)}</span>'


def _word(name: str) -> str:
    return _both(Both(*WORDS[name]))


def _facts(name: str, facts: Sequence[tuple[str, Both]]) -> str:
    rows = "".join(
        f"<div><dt>{_word(word)}</dt><dd>{_both(value)}</dd></div>" for word, value in facts
    )
    heading = f'<h2 id="{name}">{_word(name)}</h2>'
    return f'<section aria-labelledby="{name}">{heading}<dl>{rows}</dl></section>'


def _table(table: Table, body: Iterable[bytes]) -> Iterator[bytes]:
    heading = f'<h2 id="{table.name}">{_word(table.name)}</h2>'
    begun = f'<section aria-labelledby="{table.name}">{heading}'
    if not table.count:
        yield f"{begun}<p>{_word('nothing')}</p></section>\n".encode()
        return
    names = "".join(f'<th scope="col"{_class(one)}>{_word(one.word)}</th>' for one in table.columns)
    foot = f"<tfoot>{_row(table.columns, table.total)}</tfoot>" if table.total else ""
    # A wide table can be moved by keyboard as well: the box around it takes the focus.
    yield (
        f'{begun}<div class="table" tabindex="0" role="region" aria-labelledby="{table.name}">'
        f"<table><caption>{_word(table.name)} ({table.count})</caption>"
        f"<thead><tr>{names}</tr></thead><tbody>\n"
    ).encode()
    yield from body
    yield f"</tbody>{foot}</table></div></section>\n".encode()


def _row(columns: Sequence[Column], cells: Cells) -> str:
    first, *others = zip(columns, cells, strict=True)
    told = "".join(f"<td{_class(column)}>{_both(said)}</td>" for column, said in others)
    return f'<tr><th scope="row"{_class(first[0])}>{_both(first[1])}</th>{told}</tr>'


def _class(column: Column) -> str:
    if column.kind in NUMBERS:
        return ' class="number"'
    return ' class="long"' if column.kind in _LONG else ""
