"""What the documents say of who may do what is what the code says."""

from ledger import catalogue
from tests.contracts.write_reference import PAGE, page


def test_the_table_of_roles_is_up_to_date() -> None:
    stored = PAGE.read_text(encoding="utf-8")
    assert stored == page(), "run `python -m tests.contracts.write_reference`, commit the page"


def test_every_command_stands_in_it() -> None:
    for collection, aggregate in catalogue.aggregates().items():
        for name in aggregate.commands:
            assert f"| `{collection}/{name}` |" in page()


def test_whoever_submitted_or_proposed_approves_nowhere() -> None:
    marked = {
        f"{collection}/{name}"
        for collection, aggregate in catalogue.aggregates().items()
        for name, kind in aggregate.commands.items()
        if kind.terms.four_eyes
    }
    assert {"access/confirm", "claims/approve", "deliverables/approve"} <= marked
