"""What must an audit trail hold? The thirteen elements of Annex XIII, section I, as we can answer.

Regulation (EU) 2021/1060, Annex XIII, section I: grants under Article 53(1)(a) to (e). The titles
are short words of ours, not the law's. What is counted is named in `COUNTS`.
"""

from collections.abc import Mapping

from msgspec import Struct

from ledger.findings.law import of_2021
from ledger.findings.wording import Text


class Link(Struct, frozen=True):
    """Something that is counted, and where it can be read; `{project}` stands for the id."""

    count: str
    text: Text
    path: str


class Element(Struct, frozen=True, kw_only=True):
    """One element: the events that answer it, what is counted for it, and what would be missing.

    `papers`: its events ought to name documents. `applies` names a count that is nought where the
    element does not apply. `rules` find what is missing; a rule of no element belongs to LAW.
    """

    number: int
    title: Text
    events: tuple[str, ...] = ()
    answers: tuple[Link, ...] = ()
    missing: tuple[Link, ...] = ()
    papers: bool = False
    applies: str | None = None
    rules: tuple[str, ...] = ()

    @property
    def basis(self) -> Text:
        """Where the law asks for it."""
        n = self.number
        return of_2021(f"załącznik XIII sekcja I pkt {n}", f"Annex XIII, section I, point {n},")

    def concerns(self, event: str) -> bool:
        """Whether an event of that type answers it."""
        return any(
            event == one or (one.endswith(".") and event.startswith(one)) for one in self.events
        )


LAW = 9
_PROJECT, _CLAIMS = "/api/projects/{project}", "/api/claims?project={project}"
_EXPENDITURES = "/api/expenditures?project={project}"
_BUDGET, _INDICATORS = f"{_PROJECT}/budget", f"{_PROJECT}/indicators"
_ACTIVITIES = "/api/activities?project={project}"
_DISALLOWED = (
    "expenditure.charge-reduced", "expenditure.financially-corrected",
    "expenditure.charge-reinstated", "claim.lines-reduced",
)  # fmt: skip
_FOLLOWED = ("claim.returned", "sample.error-recorded", "sample.error-corrected", *_DISALLOWED)
NO_PAPERS = Text(
    "Żadne z tych zdarzeń nie wskazuje dokumentu jako dowodu",
    "None of these events names a document as evidence",
)
NOTHING = Text("W rejestrze nic na to nie odpowiada", "Nothing in the ledger answers it")

ELEMENTS = (
    Element(
        number=1,
        title=Text("Wybór projektu: kryteria, procedura, zatwierdzenie",
                   "Selection of the project: criteria, procedure, approval"),
        events=("project.started",),
        answers=(Link("projects", Text("Projekt", "The project"), _PROJECT),),
        papers=True,
    ),
    Element(
        number=2,
        title=Text("Umowa o dofinansowanie i jej zmiany",
                   "The grant agreement and its changes"),
        events=("project.started", "project.amended", "project.partner-added",
                "project.partner-removed", "project.closed"),
        answers=(
            Link("projects", Text("Warunki umowy", "Terms of the agreement"), _PROJECT),
            Link("annexes", Text("Aneksy", "Annexes"), _PROJECT),
        ),
        papers=True,
    ),
    Element(
        number=3,
        title=Text("Zapisy księgowe wniosków o płatność",
                   "Accounting records of the payment claims"),
        events=("claim.",),
        answers=(
            Link("claims", Text("Wnioski o płatność", "Payment claims"), _CLAIMS),
            Link("lines", Text("Wydatki we wnioskach", "Charges in claims"), _CLAIMS),
        ),
        missing=(
            Link("late_drafts", Text("Wnioski niezłożone, choć ich okres minął",
                                     "Claims not handed in though their period is over"), _CLAIMS),
        ),
        rules=("claim_late",),
    ),
    Element(
        number=4,
        title=Text("Trwałość i zakaz przeniesienia produkcji (art. 65, 66 i 73 ust. 2 lit. h)",
                   "Durability and non-relocation (Articles 65, 66 and 73(2)(h))"),
        applies="investments",
        missing=(
            Link("investments",
                 Text("Pozycje z inwestycjami, bez zapisanej kontroli trwałości",
                      "Budget lines with investments, and no check of durability recorded"),
                 _BUDGET),
        ),
    ),
    Element(
        number=5,
        title=Text("Wypłata wkładu publicznego i jej data",
                   "Payment of the public contribution, and its date"),
        events=("project.funds-received", "claim.paid"),
        answers=(
            Link("receipts", Text("Otrzymane transze", "Tranches received"),
                 f"{_PROJECT}/advances"),
            Link("payments", Text("Wypłaty z wniosków", "Payments of claims"), _CLAIMS),
        ),
        missing=(
            Link("approved_unpaid", Text("Zatwierdzone wnioski bez daty wypłaty",
                                         "Approved claims without a date of payment"), _CLAIMS),
        ),
        papers=True,
        rules=("tranche_unsettled",),
    ),
    Element(
        number=6,
        title=Text("Kontrole zarządcze: administracyjne i na miejscu",
                   "Management verifications: administrative and on the spot"),
        events=("claim.approved", "claim.returned", "claim.lines-reduced",
                "project.milestone-approved", "deliverable.approved", "deliverable.rejected"),
        answers=(
            Link("approved", Text("Zatwierdzone wnioski", "Approved claims"), _CLAIMS),
            Link("approved_milestones", Text("Zatwierdzone etapy", "Approved milestones"),
                 f"{_PROJECT}/milestones"),
        ),
        missing=(
            Link("unchecked", Text("Złożone wnioski bez rozstrzygnięcia",
                                   "Claims handed in and not decided on"), _CLAIMS),
        ),
        papers=True,
    ),
    Element(
        number=7,
        title=Text("Przeprowadzone audyty", "Audits carried out"),
        events=("sample.",),
        answers=(Link("samples", Text("Próby wylosowane do badania", "Samples drawn"),
                      f"{_PROJECT}/samples"),),
        papers=True,
    ),
    Element(
        number=8,
        title=Text("Działania po kontrolach i audytach", "Follow-up of verifications and audits"),
        events=_FOLLOWED,
        applies="to_follow",
        answers=(Link("to_follow", Text("Zwroty wniosków i kwoty nieuznane",
                                        "Claims returned and amounts refused"), _CLAIMS),),
        missing=(Link("returned", Text("Zwrócone wnioski, których nie złożono ponownie",
                                       "Claims returned and not handed in again"), _CLAIMS),),
        papers=True,
    ),
    Element(
        number=LAW,
        title=Text("Zgodność z prawem, w tym zamówienia", "Compliance with the law, procurement"),
        answers=(
            Link("rules", Text("Zastosowane reguły kwalifikowalności",
                               "Rules of eligibility applied"), f"{_PROJECT}/findings"),
            Link("procured", Text("Wydatki ze wskazanym zamówieniem",
                                  "Charges that name a procurement"), _EXPENDITURES),
        ),
    ),
    Element(
        number=10,
        title=Text("Wskaźniki, ich wartości docelowe i etapy",
                   "Indicators, their targets, and milestones"),
        events=("project.indicator-set", "project.indicator-dropped", "project.milestone-planned",
                "project.milestone-rescheduled", "project.milestone-completed",
                "project.milestone-approved", "activity.", "agreement.", "deliverable."),
        answers=(
            Link("indicators", Text("Wskaźniki", "Indicators"), _INDICATORS),
            Link("milestones", Text("Etapy", "Milestones"), f"{_PROJECT}/milestones"),
            Link("activities", Text("Działania", "Activities"), _ACTIVITIES),
            Link("attendances", Text("Udziały w działaniach", "Attendances"), _ACTIVITIES),
        ),
        missing=(
            Link("unattended", Text("Odbyte szkolenia bez listy obecności",
                                    "Trainings held without attendance"), _ACTIVITIES),
        ),
        rules=("milestone_overdue", "indicator_behind", "attendance_clash",
               "appointment_unfounded"),
    ),
    Element(
        number=11,
        title=Text("Korekty finansowe i pomniejszenia", "Financial corrections and deductions"),
        events=_DISALLOWED,
        applies="disallowances",
        answers=(Link("disallowances", Text("Kwoty nieuznane", "Amounts refused"), _EXPENDITURES),),
        missing=(Link("baseless", Text("Kwoty nieuznane bez podstawy",
                                       "Amounts refused without a basis"), _EXPENDITURES),),
        papers=True,
    ),
    Element(
        number=12,
        title=Text("Faktury, dowody zapłaty i zapisy księgowe",
                   "Invoices, proofs of payment, accounting records"),
        events=("expenditure.recorded", "expenditure.charged", "expenditure.paid",
                "expenditure.corrected", "expenditure.adjusted", "expenditure.charge-corrected",
                "expenditure.charge-adjusted",
                "expenditure.charge-withdrawn", "custody."),
        applies="actual",
        answers=(
            Link("documents", Text("Dokumenty księgowe", "Accounting documents"), _EXPENDITURES),
            Link("paid", Text("Zapłacone dokumenty", "Documents that are paid"), _EXPENDITURES),
            Link("custodies", Text("Miejsca przechowywania dokumentów", "Custodies of papers"),
                 "/api/custodies?project={project}"),
        ),
        missing=(
            Link("bare", Text("Wydatki bez dowodu i bez miejsca przechowywania",
                              "Expenditures without evidence and in no custody"), _EXPENDITURES),
            Link("unpaid", Text("Dokumenty bez daty zapłaty",
                                "Documents without a date of payment"), _EXPENDITURES),
            Link("unnumbered", Text("Dokumenty bez numeru księgowego",
                                    "Documents without an accounting number"), _EXPENDITURES),
        ),
        rules=("evidence_missing", "custody_unknown", "paid_before_issued"),
    ),
    Element(
        number=13,
        title=Text("Uproszczone metody rozliczania", "Simplified cost options"),
        events=("project.budget-set",),
        applies="simplified",
        answers=(Link("simplified", Text("Wydatki rozliczane metodą uproszczoną",
                                         "Charges by a simplified method"), _EXPENDITURES),),
        papers=True,
        rules=("flat_rate_base", "real_cost_in_flat_rate", "simplified_required"),
    ),
)  # fmt: skip

_CHARGED = "{charges} AS c WHERE c.project = %(project)s::uuid AND NOT c.withdrawn"
_DOCUMENTS = (
    "{accounting_documents} AS d"
    f" WHERE EXISTS (SELECT FROM {_CHARGED} AND c.expenditure = d.expenditure)"
)
_CLAIM = "{claims} AS m WHERE m.project = %(project)s::uuid"
_ACTIVITY = "{activities} AS v WHERE v.project = %(project)s::uuid AND v.cancelled_on IS NULL"

# What many counts begin with: it is gone through once for all of them.
ALIKE = (_CHARGED, _DOCUMENTS, _CLAIM, _ACTIVITY)

# What is counted of a project on the day. What follows from these: `derived`.
COUNTS = {
    "projects": "{projects} AS p WHERE p.project = %(project)s::uuid",
    "annexes": "{annexes} AS x WHERE x.project = %(project)s::uuid",
    "claims": _CLAIM,
    "lines": "{claim_lines} AS l JOIN {claims} AS m USING (claim, submission)"
    " WHERE m.project = %(project)s::uuid",
    "late_drafts": f"{_CLAIM} AND m.status = 'draft' AND m.period_to < %(valid_at)s",
    "investments": "{budget_lines} AS b WHERE b.project = %(project)s::uuid"
    " AND (b.cross_financing OR b.fixed_assets) AND b.edition = (SELECT max(g.edition)"
    " FROM {budget_lines} AS g WHERE g.project = %(project)s::uuid)",
    "receipts": "{funds_received} AS f WHERE f.project = %(project)s::uuid",
    "payments": "{claim_payments} AS y JOIN {claims} AS m USING (claim)"
    " WHERE m.project = %(project)s::uuid",
    "approved": f"{_CLAIM} AND m.status IN ('approved', 'paid')",
    "approved_unpaid": f"{_CLAIM} AND m.status IN ('approved', 'paid')"
    " AND NOT EXISTS (SELECT FROM {claim_payments} AS y WHERE y.claim = m.claim)",
    "unchecked": f"{_CLAIM} AND m.status = 'submitted'",
    "returned": f"{_CLAIM} AND m.status = 'returned'",
    "approved_milestones": "{milestones} AS n WHERE n.project = %(project)s::uuid"
    " AND n.approved_on IS NOT NULL",
    "samples": "{samples} AS s WHERE s.project = %(project)s::uuid",
    "disallowances": "{disallowances} AS r WHERE r.project = %(project)s::uuid",
    "baseless": "{disallowances} AS r WHERE r.project = %(project)s::uuid AND r.amount > 0"
    " AND coalesce(r.basis, '') = ''",
    "rules": "{rules:log} AS r",
    "procured": f"{_CHARGED} AND c.procurement IS NOT NULL",
    "indicators": "{indicators} AS i WHERE i.project = %(project)s::uuid",
    "milestones": "{milestones} AS n WHERE n.project = %(project)s::uuid",
    "activities": _ACTIVITY,
    "attendances": "{attendances} AS a JOIN {activities} AS v USING (activity)"
    " WHERE v.project = %(project)s::uuid AND v.cancelled_on IS NULL",
    "unattended": f"{_ACTIVITY} AND v.kind = 'training' AND v.ends_on < %(valid_at)s"
    " AND NOT EXISTS (SELECT FROM {attendances} AS a WHERE a.activity = v.activity)",
    "actual": f"{_CHARGED} AND c.method = 'actual'",
    "simplified": f"{_CHARGED} AND c.method <> 'actual'",
    "documents": _DOCUMENTS,
    "paid": f"{_DOCUMENTS} AND d.paid_on IS NOT NULL",
    "unpaid": f"{_DOCUMENTS} AND d.paid_on IS NULL",
    "unnumbered": f"{_DOCUMENTS} AND coalesce(d.accounting_number, '') = ''",
    "proved": "(SELECT w.stream AS expenditure FROM {evidence:ever} AS w"
    " UNION SELECT h.expenditure FROM {held_expenditures:ever} AS h"
    " JOIN {custodies} AS k USING (custody) WHERE k.project = %(project)s::uuid) AS p"
    " JOIN {accounting_documents} AS d USING (expenditure)"
    f" WHERE EXISTS (SELECT FROM {_CHARGED} AND c.expenditure = p.expenditure)",
    "custodies": "{custodies} AS k WHERE k.project = %(project)s::uuid",
}


def derived(counts: Mapping[str, int], events: Mapping[str, int]) -> Mapping[str, int]:
    """What follows from what was counted, and from how many events of each type there are."""
    return {
        "bare": counts["documents"] - counts["proved"],
        "to_follow": sum(events.get(one, 0) for one in _FOLLOWED),
    }
