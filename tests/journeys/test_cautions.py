"""Who writes personal data into a free text is told that they cannot be erased there."""

import re
from typing import Any

import pytest

from tests.journeys.accounts import accounts
from tests.journeys.browsers import Browser
from tests.journeys.conftest import Client, Service
from tests.journeys.world import START, World


def fields(answer: dict[str, object]) -> dict[str, str]:
    found = answer.get("warnings", [])
    assert isinstance(found, list)
    return {one["field"]: one["message"].partition(":")[0] for one in found}


def test_free_texts_that_seem_to_identify_somebody_are_warned_of(
    user: Client, world: World, project: str
) -> None:
    body = {
        "project": project,
        "kind": "cooperation",
        "title": "Porozumienie z panią 84022912343",
        "signed_on": START,
        "parties": [
            {"institution": world.institution(), "signed_by": "Anna Nowak"},
            {"institution": world.institution(), "signed_by": "tel. 600 100 200"},
        ],
        "effective_on": START,
        "reason": "Na prośbę anna.nowak@example.org",
    }
    answer = user.post("/api/agreements", body, Idempotency_Key="warned")
    assert fields(answer) == {
        "title": "looks like a PESEL number",
        "parties[1].signed_by": "looks like a telephone number",
        "reason": "looks like an e-mail address",
    }
    assert user.get(f"/api/agreements/{answer['id']}")["title"] == body["title"]  # recorded so
    assert user.post("/api/agreements", body, Idempotency_Key="warned") == answer


def test_what_is_meant_for_personal_data_is_not_warned_of(user: Client) -> None:
    body = {"given_name": "Anna", "family_name": "Nowak", "email": "anna@example.org"}
    answer = user.post("/api/persons", body | {"phone": "600 100 200"})
    assert set(answer) == {"id", "version", "position", "recorded_at"}


def test_each_command_of_a_batch_has_its_own_warnings(user: Client, world: World) -> None:
    one = {"name": "Urząd", "sector": "ngo", "level": "commune", "effective_on": START}
    other = one | {"reason": "PESEL 84022912343"}
    commands = [{"path": "/api/institutions", "body": body} for body in (one, other)]
    for atomic in (True, False):
        answer = user.raw("POST", "/api/batch", json={"commands": commands, "atomic": atomic})
        assert [fields(receipt) for receipt in answer.json()] == [
            {},
            {"reason": "looks like a PESEL number"},
        ]


# --- Forms ----------------------------------------------------------------------------------------

PESEL = "Pani 84022912343"


class Desk:
    """Somebody who fills in forms; what a form carries along is sent again with it."""

    def __init__(self, service: Service, role: str) -> None:
        self._browser = Browser(service)
        self._browser.sign_in(service.token(role))
        self.text = ""

    def send(self, path: str, *, status: int, **form: Any) -> None:
        told = re.search(r'name="form-cautioned" value="([^"]*)"', self.text)
        carried = {"form-cautioned": told[1]} if told else {}
        form = {"csrf": self._browser.csrf} | carried | form
        answer = self._browser.page("POST", path, status=status, data=form, follow_redirects=False)
        self.text = answer.decode()


@pytest.fixture
def activity(project: str) -> dict[str, str]:
    """What is filled in to record an activity, with a text that looks personal."""
    days = {"starts_on": START, "ends_on": START, "effective_on": START}
    return days | {"project": project, "kind": "training", "title": PESEL}


def test_a_form_says_so_at_the_field_before_anything_is_recorded(
    shared: Service, world: World, activity: dict[str, str]
) -> None:
    desk, before = Desk(shared, "coordinator"), world.head()
    desk.send("/activities/create", status=422, **activity)
    assert 'id="title-caution"' in desk.text
    assert "wygląda na numer PESEL" in desk.text
    desk.send("/activities/create", status=422, **activity, place=PESEL)
    assert 'id="place-caution"' in desk.text
    assert world.head() == before
    desk.send("/activities/create", status=303, **activity | {"title": "Szkolenie"})
    assert world.head() == before + 1


def test_who_was_told_sends_it_again_as_it_is(
    shared: Service, world: World, activity: dict[str, str]
) -> None:
    desk, before = Desk(shared, "coordinator"), world.head()
    desk.send("/activities/create", status=422, **activity)
    desk.send("/activities/create", status=303, **activity)
    assert world.head() == before + 1


def test_a_list_of_many_says_so_too(shared: Service, world: World, project: str) -> None:
    path, row = f"/teams/{world.team(project)}/appoint", f"{world.institution()}|"
    form = {"row": row, "who": row, "do": "record", "effective_on": START, "reason": PESEL}
    desk, before = Desk(shared, "coordinator"), world.head()
    desk.send(path, status=422, **form)
    assert 'id="reason-caution"' in desk.text
    assert world.head() == before
    desk.send(path, status=303, **form)


def test_an_accounting_document_is_looked_at_too(shared: Service, world: World) -> None:
    project = accounts(world).project
    form = {
        "document_number": "FV/PESEL", "issuer_nip": "8133315014", "issued_on": "2019-05-10",
        "paid_on": "2019-05-11", "description": PESEL, "net": "10", "vat": "0", "gross": "10",
        "charges-0-budget_line": f"{project}|1.1", "charges-0-eligible": "10",
        "effective_on": "2019-05-13", "do": "record", "evidence": "ab" * 32,
    }  # fmt: skip
    desk, before = Desk(shared, "officer"), world.head()
    path = f"/projects/{project}/expenditures/record"
    desk.send(path, status=422, **form)
    assert 'id="description-caution"' in desk.text
    assert world.head() == before
    desk.send(path, status=303, **form)
    assert world.head() == before + 1
