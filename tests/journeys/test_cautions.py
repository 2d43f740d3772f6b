"""Who writes personal data into a free text is told that they cannot be erased there."""

from tests.journeys.conftest import Client
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
