"""The frame's small rules: addresses stay on this server, links keep the moment, names exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.going import local_path
from api.pages.frame.forms.shape import Shape, shapes
from api.pages.frame.links import Addresses
from api.pages.frame.moment import normal
from api.pages.frame.naming import HINTS, names, value_kind
from api.pages.frame.routes import pages
from api.pages.frame.words import words
from ledger import catalogue

HERE = Addresses("/teams", {"valid_at": "2019-05-13", "known_at": "80", "kind": "x", "cursor": "c"})


def test_a_link_keeps_the_moment_and_nothing_else() -> None:
    assert HERE.link("/claims/1", tab="a") == "/claims/1?valid_at=2019-05-13&known_at=80&tab=a"
    assert HERE.link("/claims/1", known_at=None) == "/claims/1?valid_at=2019-05-13"


def test_this_page_changed_begins_its_list_anew() -> None:
    assert HERE.here(kind=None) == "/teams?valid_at=2019-05-13&known_at=80"
    assert HERE.now() == "/teams?kind=x"


@pytest.mark.parametrize(
    "text",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "", "x", "/a\n"],
)
def test_no_address_of_another_server_is_gone_to(text: str) -> None:
    assert local_path(text) is None


@given(st.text())
def test_an_address_that_is_gone_to_begins_with_one_slash(text: str) -> None:
    found = local_path(text)
    assert found is None or (found[0] == "/" and found[1:2] not in ("/", "\\"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("80", "80"),
        ("2019-05-13", "2019-05-13T23:59:59.999999+02:00"),
        ("13.05.2019 12:00", "2019-05-13T12:00:00+02:00"),
        ("2019-01-13T12:00", "2019-01-13T12:00:00+01:00"),
        ("2019-05-13T12:00:00Z", "2019-05-13T12:00:00Z"),
        ("kiedyś", "kiedyś"),
    ],
)
def test_a_moment_is_read_as_people_type_it(text: str, moment: str) -> None:
    assert normal(text) == moment


def test_every_command_has_a_page_for_its_form() -> None:
    known = {(one.method, one.path) for one in pages()}
    for collection, aggregate in catalogue.aggregates().items():
        for name, kind in aggregate.commands.items():
            path = (
                f"/{collection}/create"
                if kind.terms.creates
                else f"/{collection}/{{id:str}}/{name}"
            )
            assert {("GET", path), ("POST", path)} <= known, path


def test_every_field_of_every_command_has_a_shape_and_a_name() -> None:
    for aggregate in catalogue.aggregates().values():
        for kind in aggregate.commands.values():
            for shape in shapes(kind):
                _check(shape)


def _check(shape: Shape) -> None:
    for lang in ("pl", "en"):
        assert words(lang).field(shape.message, shape.name)
        for value in shape.values:
            assert (shape.value_kind, value) in names(), (shape.value_kind, value)
    for inner in shape.fields:
        _check(inner)


def test_values_are_named_by_their_kind() -> None:
    assert value_kind(("output", "result"), "kind") == "IndicatorKind"
    assert words("pl").name("IndicatorKind", "output") == "wskaźnik produktu"
    assert words("en").name("IndicatorKind", "something_new") == "something new"


def test_hints_are_of_fields_that_exist() -> None:
    known = {name for kind, name in names() if kind == "field"}
    assert {hint.rpartition(".")[2] for hint in HINTS} <= known
