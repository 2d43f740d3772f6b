"""How does a page become HTML? Templates in `api/templates`, one environment for each language.

An unknown name in a template is an error. The components of govuk-frontend rely on the contrary,
so they live in an environment of their own and come in as finished macros.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)

from api.pages.frame.assets import asset
from api.pages.frame.words import later, words
from api.pages.frame.written import FILTERS
from ledger.findings.facts import INDIRECT

# The one category of cost that has a name of the ledger's own; the others are the budget's words.
INDIRECT_COSTS = later("indirect costs")
TEMPLATES = Path(__file__).parents[2] / "templates"
PARTS = "parts"
COMPONENTS = (
    "button", "checkboxes", "details", "error-summary", "fieldset", "input", "notification-banner",
    "password-input", "radios", "select", "tag", "textarea", "warning-text",
)  # fmt: skip


class Parts:
    """The macros of `templates/parts`, for one rendering: `parts.table(…)`, `parts.facts(…)`."""

    def __init__(self, environment: Environment, context: Mapping[str, Any]) -> None:
        self._environment, self._context = environment, context
        self._made: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        try:
            place = _places(self._environment)[name]
        except KeyError:
            raise AttributeError(f"no macro {name} in templates/{PARTS}") from None
        if place not in self._made:
            template = self._environment.get_template(place)
            self._made[place] = template.make_module({**self._context, "parts": self})
        return getattr(self._made[place], name)


@cache
def _places(environment: Environment) -> dict[str, str]:
    """In which template each macro stands."""
    found = {}
    for path in sorted((TEMPLATES / PARTS).glob("*.html")):
        place = f"{PARTS}/{path.name}"
        module = environment.get_template(place).make_module({"page": None, "parts": None})
        for name in vars(module):
            if not name.startswith("_"):
                found[name] = place
    return found


@cache
def environment(lang: str) -> Environment:
    """The templates in that language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
    )
    spoken = words(lang)
    made.install_gettext_translations(spoken.translations, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {name: partial(how, lang) for name, how in FILTERS.items()}
    made.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    made.filters["cost"] = lambda text: spoken.say(INDIRECT_COSTS) if text == INDIRECT else text
    made.filters["named"] = lambda key, kind: spoken.name(kind, key)
    made.globals |= {
        "asset": asset,
        "lang": lang,
        "named": spoken.name,
        "words": spoken,
        "zip": zip,
    }
    made.globals |= _components()
    return made


@cache
def _components() -> dict[str, Callable[..., str]]:
    """The components of govuk-frontend as macros: `govukButton`, `govukInput`, …"""
    theirs = Environment(
        loader=ChoiceLoader(
            [PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = {}
    for component in COMPONENTS:
        name = "govuk" + "".join(word.capitalize() for word in component.split("-"))
        place = f"govuk_frontend_jinja/components/{component}/macro.html"
        found[name] = getattr(theirs.get_template(place).module, name)
    return found


def rendered(lang: str, template: str, context: Mapping[str, Any]) -> str:
    """The text of a template."""
    made = environment(lang)
    found: Template = made.get_template(template)
    return found.render({**context, "parts": Parts(made, context)})
