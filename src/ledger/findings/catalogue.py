"""Which rules are there? Found by looking into `ledger.findings.rules`; no list is kept by hand."""

import importlib
import pkgutil
from functools import cache

import ledger.findings.rules
from ledger.findings.model import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by its id."""
    package = ledger.findings.rules
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(module.RULE for module in modules)
