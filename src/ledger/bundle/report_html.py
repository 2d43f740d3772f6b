"""How does the report look in a browser? One file without script, in two languages.

Every text stands there in both; the reader chooses one or both. Where a browser is too old for
the choice, both are shown.
"""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from ledger.bundle.report import NUMBERS, Both, Column, Report, Table
from ledger.bundle.words import WORDS

CHECK = "python -I verify.py"
_LONG = frozenset({"long", "both"})


def report_html(report: Report) -> bytes:
    """The whole page."""
    style = (files("ledger.bundle") / "report.css").read_text(encoding="utf-8")
    title = f"{report.code} – {' / '.join(WORDS['report'])}"
    body = [
        _switch(),
        f"<header><p>{_word('report')}</p><h1>{escape(report.title)}</h1></header>",
        f"<main><p>{_word('lead')} {_word('printed_alone')} {_word('currency')}</p>",
        _facts("proof", report.proof),
        f"<p>{_word('compare')}</p>",
        _facts("project", report.project),
        *map(_table, report.tables),
        f'<section aria-labelledby="checking"><h2 id="checking">{_word("checking")}</h2>'
        f"<p>{_word('check_with')}</p><pre><code>{CHECK}</code></pre></section></main>",
    ]
    page = (
        '<!DOCTYPE html>\n<html lang="pl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )
    return page.encode()


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


def _table(table: Table) -> str:
    heading = f'<h2 id="{table.name}">{_word(table.name)}</h2>'
    if not table.rows:
        inside = f"<p>{_word('nothing')}</p>"
    else:
        names = "".join(
            f'<th scope="col"{_class(one)}>{_word(one.word)}</th>' for one in table.columns
        )
        rows = "\n".join(_row(table.columns, row) for row in table.rows)
        foot = f"<tfoot>{_row(table.columns, table.total)}</tfoot>" if table.total else ""
        # A wide table can be moved by keyboard as well: the box around it takes the focus.
        inside = (
            f'<div class="table" tabindex="0" role="region" aria-labelledby="{table.name}">'
            f"<table><caption>{_word(table.name)} ({len(table.rows)})</caption>"
            f"<thead><tr>{names}</tr></thead><tbody>\n{rows}\n</tbody>{foot}</table></div>"
        )
    return f'<section aria-labelledby="{table.name}">{heading}{inside}</section>'


def _row(columns: Sequence[Column], cells: Sequence[Both]) -> str:
    first, *others = zip(columns, cells, strict=True)
    told = "".join(f"<td{_class(column)}>{_both(said)}</td>" for column, said in others)
    return f'<tr><th scope="row"{_class(first[0])}>{_both(first[1])}</th>{told}</tr>'


def _class(column: Column) -> str:
    if column.kind in NUMBERS:
        return ' class="number"'
    return ' class="long"' if column.kind in _LONG else ""
