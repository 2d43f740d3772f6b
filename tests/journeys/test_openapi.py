"""The description of the interface says what the service does, field by field."""

import re
from typing import Any

import msgspec
import pytest

from api.openapi import document
from ledger import catalogue
from ledger.projections.engine.query import Listing, listings
from ledger.queries.indicators import CountedRow, IndicatorRow
from tests.journeys.conftest import Client, Service

DOCUMENT: dict[str, Any] = msgspec.json.decode(document())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


@pytest.fixture(scope="module")
def admin(real_case: Service) -> Client:
    return real_case.user("admin")


def test_it_is_served_to_everyone(real_case: Service) -> None:
    answer = real_case.nobody().raw("GET", "/schema")
    assert (answer.status_code, answer.json()) == (200, DOCUMENT)


def test_every_field_has_a_description_and_an_example() -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in SCHEMAS.items()
        for field, of_field in schema.get("properties", {}).items()
        if not of_field.get("description") or not of_field.get("examples")
    ]
    assert bare == []


def test_every_command_is_described_with_its_common_fields() -> None:
    for collection, aggregate in catalogue.aggregates().items():
        for name, kind in aggregate.commands.items():
            path = f"/api/{collection}"
            if kind.terms.operator_only:
                assert f"{path}/{{id}}/{name}" not in DOCUMENT["paths"]
                continue
            path += "" if kind.terms.creates else f"/{{id}}/{name}"
            content = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]
            body = content["application/json"]["schema"]
            assert {"effective_on", "reason", "evidence"} <= body["properties"].keys()
            assert ("id" in body["properties"]) == kind.terms.creates
            assert kind.terms.needs_reason == ("reason" in body.get("required", []))
            assert body["additionalProperties"] is False


def test_every_address_of_the_service_is_described(real_case: Service) -> None:
    served = {
        re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        for route in real_case.http.app.routes
        if route.path.startswith(("/api/", "/log/"))
    }
    assert served == set(DOCUMENT["paths"])


def test_every_reference_leads_somewhere() -> None:
    names = re.findall(r'"#/components/schemas/(\w+)"', document().decode())
    assert set(names) <= SCHEMAS.keys()


# Samples are drawn and roles are granted, not loaded: test_samples.py and test_grants.py read them.
LOADED = [one for one in listings() if not one.path.endswith(("/samples", "/access", "/erasures"))]


@pytest.mark.parametrize("listing", LOADED, ids=lambda one: one.path)
def test_real_rows_are_as_described(admin: Client, listing: Listing) -> None:
    path = listing.path
    if listing.parent:
        project = admin.get("/api/projects", code="LIDERZY")["items"][0]["id"]
        path = path.replace("{id}", project)
    rows = admin.get(path, limit=500)["items"]
    assert rows
    for row in rows:
        assert set(row) == {field.name for field in msgspec.structs.fields(listing.row)}
        msgspec.convert(row, listing.row, strict=True)


def test_real_indicators_are_as_described(admin: Client) -> None:
    project = admin.get("/api/projects", code="LIDERZY")["items"][0]["id"]
    for row in admin.get(f"/api/projects/{project}/indicators")["items"]:
        msgspec.convert(row, IndicatorRow, strict=True)
        for one in admin.get(row["explain"])["items"]:
            msgspec.convert(one, CountedRow, strict=True)
