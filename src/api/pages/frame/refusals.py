"""How is a refusal told in the reader's language? By its docstring's translation and its facts."""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import api
import ledger
from api.pages.frame import written
from api.pages.frame.words import Words
from api.pages.frame.words import words as words_of
from ledger.kernel.errors import FieldError, Invalid, LedgerError

REFUSAL = "refusal"
FIELD_ERROR = "field error"
LIKENESS = "likeness"
# What msgspec says of a value, as the intake passes it on.
OF_THE_READER = (
    "is required",
    "is not a field of this command",
    "Expected `{0}`, got `{1}`",
    "Expected `{0}` >= {1}",
    "Expected `{0}` <= {1}",
    "Expected `{0}` > {1}",
    "Expected `{0}` of length >= {1}",
    "Expected `{0}` of length <= {1}",
    "Expected `{0}` matching regex {1}",
    "Invalid enum value {0}",
)


def told(words: Words, error: LedgerError) -> str:
    """What an error says, in the words' language."""
    if isinstance(error, Invalid):
        return "; ".join(
            f"{words.name('field', last_name(one.field))}: {field_error(words, one)}"
            for one in error.errors
        )
    text = template_of(type(error))
    found = str(words.translations.upgettext(REFUSAL, text))
    return found.format(**{k: _fact(words, k, v) for k, v in error.facts.items()})


def last_name(path: str) -> str:
    """The field at the end of a path: `parties[0].institution` -> `institution`."""
    return re.sub(r"\[\d+\]", "", path).rpartition(".")[2]


def field_error(words: Words, error: FieldError) -> str:
    """What is wrong with one field, in the words' language."""
    for pattern, text in _patterns(words.lang):
        if found := pattern.fullmatch(error.message):
            said = str(words.translations.upgettext(FIELD_ERROR, text))
            return said.format(*(_fact(words, "", value) for value in found.groups()))
    return error.message


def template_of(kind: type[LedgerError]) -> str:
    """The sentence of a kind of error, its facts in braces."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


# What a fact of a refusal is called by, where it is a value with a name.
_KINDS = {
    "": (LIKENESS,),  # in a sentence about a field
    "role": ("Role", "AccessRole"),
    "kind": ("DeliverableKind",),
    "status": ("status",),
}


def _fact(words: Words, name: str, value: Any) -> Any:
    """A fact as people write it: a day, an amount, a value by its name."""
    if isinstance(value, date):
        return written.day(words.lang, value)
    for kind in _KINDS.get(name, ()):
        if words.has_name(kind, str(value)):
            return words.name(kind, value)
    if name == "needed":
        named = [words.name("grant", role) for role in str(value).split(" or ")]
        return ", ".join(named)
    if isinstance(value, str | Decimal) and re.fullmatch(r"\d+\.\d\d", str(value)):
        return written.money(words.lang, value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return written.day(words.lang, value)
    return value


@cache
def _patterns(lang: str) -> list[tuple[re.Pattern[str], str]]:
    """The sentences about fields that the catalogue knows, as patterns of what is really said.

    The most specific go first.
    """
    known = words_of(lang).sentences(FIELD_ERROR)
    found = sorted(known, key=lambda text: (text.count("{"), -len(text)))
    return [(_pattern(text), text) for text in found]


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{\d+\}", text)
    return re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL)


@cache
def field_sentences() -> frozenset[str]:
    """Every sentence that the ledger says about a field, gathered from its source."""
    found = set(OF_THE_READER)
    for package in (ledger, api):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            if "node_modules" not in path.parts:
                found |= set(_said_in(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def _said_in(tree: ast.Module) -> Iterator[str]:
    """The texts given to `FieldError` and `Invalid.field`, and those they are put together from."""
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _tells_of_field(node.func) and len(node.args) == 2:
            yield from _texts(node.args[1], names)


def _tells_of_field(function: ast.expr) -> bool:
    return ast.unparse(function) in ("FieldError", "Invalid.field", "errors.FieldError")


def _texts(node: ast.expr, names: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        places = iter(range(len(node.values)))
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{next(places)}}}"
            for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.Name) and node.id in names and names[node.id] is not node:
        yield from _texts(names[node.id], {})
