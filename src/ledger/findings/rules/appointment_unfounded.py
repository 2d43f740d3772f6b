"""Is an institution in a team of a territory without a signed agreement of that territory?

An agreement founds the appointment when it is in force and the institution is a party to it, and
when it is the team's own, or one of its parties belongs to the team's territory. An agreement to
which the team's commune or county itself is a party founds all appointments in that territory.
A team of a voivodeship needs each institution's own agreement: its voivodeship, as the leader or a
partner of the project, is a party to nearly all of them. Teams without a territory are left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ledger.findings.facts import Appointment, Facts, Party
from ledger.findings.law import always
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text, either


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each appointment."""
    by_agreement: dict[str, list[Party]] = defaultdict(list)
    by_place: dict[tuple[str, str], set[str]] = defaultdict(set)
    for party in facts.parties:
        by_agreement[party.agreement].append(party)
        for place in _places(party):
            by_place[place].add(party.agreement)
    signed: dict[str, frozenset[str] | None] = {}
    for one in facts.appointments:
        if not (one.commune or one.county or one.voivodeship):
            continue
        if one.team not in signed:
            near = set().union(*(by_place.get(place, ()) for place in _around(one)))
            near |= {one.agreement} if one.agreement in by_agreement else set()
            signed[one.team] = _signed(one, {name: by_agreement[name] for name in sorted(near)})
        parties = signed[one.team]
        if parties is not None and one.institution not in parties:
            yield Found(
                subject=one.team,
                collection="teams",
                name=one.team_name,
                position=one.position,
                says={
                    "institution": one.institution_name,
                    "team": one.team_name,
                    "since": one.since,
                    "parties": either(_who_would_do(one)),
                },
                key=one.appointment,
            )


def _places(one: Appointment | Party) -> list[tuple[str, str]]:
    """The names of territories under which agreements are looked for."""
    named = (("commune", one.commune), ("county", one.county), ("voivodeship", one.voivodeship))
    return [(kind, name.casefold()) for kind, name in named if name is not None]


def _around(team: Appointment) -> list[tuple[str, str]]:
    """Where those are who can found a seat: nearly everybody is of the voivodeship."""
    places = _places(team)
    return places if len(places) == 1 else [one for one in places if one[0] != "voivodeship"]


def _signed(
    team: Appointment, by_agreement: Mapping[str, Sequence[Party]]
) -> frozenset[str] | None:
    """Who signed an agreement of the team's territory; None where it founds every seat there."""
    found: set[str] = set()
    for agreement, parties in by_agreement.items():
        if any(p.sector == "local_government" and _governs(team, p) for p in parties):
            return None
        if agreement == team.agreement or any(_within(team, p) for p in parties):
            found.update(p.institution for p in parties)
    return frozenset(found)


def _within(team: Appointment, party: Party) -> bool:
    """Whether a party belongs to the team's territory, or to the county around its commune."""
    if team.commune:
        return _governs(team, party)
    if team.county:
        return _equal(team.county, party.county)
    return party.level == "voivodeship" and _equal(team.voivodeship, party.voivodeship)


def _governs(team: Appointment, party: Party) -> bool:
    """Whether a party is of the very commune or county of the team."""
    own, named = {
        "commune": (team.commune, party.commune),
        "county": (team.county, party.county),
    }.get(party.level, (None, None))
    return (
        _equal(own, named)
        and _compatible(team.county, party.county)
        and _compatible(team.voivodeship, party.voivodeship)
    )


def _equal(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()


def _compatible(one: str | None, other: str | None) -> bool:
    """Communes share names: where they lie tells them apart, as far as it is known."""
    return one is None or other is None or _equal(one, other)


def _who_would_do(one: Appointment) -> list[Text]:
    parties = [Text("ta instytucja", "this institution")]
    if one.commune:
        parties.append(Text(f"gmina {one.commune}", f"the commune {one.commune}"))
    if one.county:
        parties.append(Text(f"powiat {one.county}", f"the county {one.county}"))
    return parties


RULE = Rule(
    id="appointment_unfounded",
    severity="warning",
    basis=always("porozumienie o współpracy", "the cooperation agreement"),
    message=Text(
        "Instytucja „{institution}” jest od {since} w składzie zespołu „{team}”, a nie obowiązuje"
        " żadne porozumienie dotyczące jego obszaru, którego stroną jest {parties}. Należy zapisać"
        " podpisane porozumienie.",
        "The institution “{institution}” has been in the team “{team}” since {since}, but there is"
        " no agreement of its territory in force to which {parties} is a party. Record the signed"
        " agreement.",
    ),
    needs=("appointments", "parties"),
    find=find,
)
