"""How does a payment claim look on paper? Its values as texts, for the template `claim.typ`."""

from typing import Any

import msgspec

from ledger.papers.charges import Charge, category
from ledger.papers.claim import ClaimPaper, Sums
from ledger.papers.typesetting import pdf, plain, shown
from ledger.papers.words import words
from ledger.papers.written import Lang, amount, day

_COLUMNS = (
    "ordinal", "document_number", "accounting_number", "issuer", "issued_on", "paid_on",
    "description", "gross", "net", "eligible", "eligible_vat", "eu_amount", "line_and_category",
    "disallowed",
)  # fmt: skip
_SUMS = ("eligible", "eu_amount", "own")


def claim_pdf(paper: ClaimPaper, lang: Lang) -> bytes:
    """The claim as PDF/A-3a and PDF/UA-1, with the claim itself attached as JSON."""
    return pdf("claim.typ", _values(paper, lang), paper.imprint.recorded_at)


def _values(paper: ClaimPaper, lang: Lang) -> dict[str, Any]:
    said, claim, sums = words(lang), paper.claim, paper.sums
    title = said["claim_number"].format(number=shown(str(claim.number)))
    since, until = day(claim.period_from, lang), day(claim.period_to, lang)
    return {
        "lang": lang,
        "words": said,
        "draft": paper.is_draft,
        "name": plain(title),
        "title": title,
        "code": shown(paper.project.code),
        "author": plain(shown(paper.project.leader_name or "")),
        "period": said["period"].format(since=since, until=until),
        "status": said[f"status_{claim.status}"],
        "imprint": _imprint(paper, lang),
        "project": _project(paper, lang),
        "course": _course(paper, lang),
        "figures": _figures(paper, lang),
        "by_category": [_total(category(n, said), s, lang) for n, s in paper.by_category],
        "by_task": [_total(n or said["no_task"], s, lang) for n, s in paper.by_task],
        "total_row": _total(said["total"], sums, lang),
        "columns": [said[name] for name in _COLUMNS],
        "documents": [_line(n, one, lang) for n, one in enumerate(claim.charges, 1)],
        "list_total": _list_total(paper, lang),
        "attached": msgspec.json.encode(paper).decode(),
    }


def _imprint(paper: ClaimPaper, lang: Lang) -> str:
    made = paper.imprint
    valid_at = day(made.valid_at, lang)
    text = words(lang)["imprint"]
    return text.format(position=made.position, root=made.root, valid_at=valid_at)


def _project(paper: ClaimPaper, lang: Lang) -> list[tuple[str, str]]:
    said, project = words(lang), paper.project
    facts = (
        ("title", project.title),
        ("code", project.code),
        ("programme", project.programme),
        ("fund", project.fund),
        ("axis", project.priority_axis),
        ("measure", project.measure),
        ("beneficiary", project.leader_name),
    )
    return [(said[name], shown(value)) for name, value in facts if value]


def _course(paper: ClaimPaper, lang: Lang) -> list[tuple[str, str]]:
    """The status, and what led to it: on which day, by whom."""
    said, claim = words(lang), paper.claim
    found = [(said["status"], said[f"status_{claim.status}"])]
    steps = (
        ("submission", claim.submitted_on, claim.submitted_by),
        ("approval", claim.approved_on, claim.approved_by),
    )
    for name, on, by in steps:
        if on is not None:
            found.append((said[name], ", ".join([day(on, lang), *([shown(by)] if by else [])])))
    payments = (f"{day(one.paid_on, lang)}, {amount(one.amount, lang)}" for one in claim.payments)
    return [*found, *((said["paid"], text) for text in payments)]


def _figures(paper: ClaimPaper, lang: Lang) -> list[tuple[str, str]]:
    """What is read first: the sums of the claim, and what was approved of it."""
    said, sums = words(lang), paper.sums
    found = [(said[name], amount(getattr(sums, name), lang)) for name in _SUMS]
    if paper.claim.approved is not None:
        found.append((said["approved"], amount(paper.claim.approved, lang)))
    return found


def _total(name: str, sums: Sums, lang: Lang) -> list[str]:
    amounts = (sums.eligible, sums.eu_amount, sums.own, sums.disallowed)
    return [shown(name), str(sums.count), *(amount(one, lang) for one in amounts)]


def _line(ordinal: int, one: Charge, lang: Lang) -> dict[str, str | None]:
    texts = ("document_number", "description", "budget_line")
    maybe = ("ksef_number", "issuer_nip")
    amounts = ("gross", "net", "eligible", "eligible_vat", "eu_amount", "disallowed")
    return {
        "ordinal": str(ordinal),
        **{name: shown(getattr(one, name)) for name in texts},
        **{name: shown(text) if (text := getattr(one, name)) else None for name in maybe},
        **{name: amount(getattr(one, name), lang) for name in amounts},
        "category": shown(category(one.category, words(lang))) if one.category else None,
        "accounting_number": shown(one.accounting_number or ""),
        "issuer": shown(one.issuer_name or ""),
        "issued_on": day(one.issued_on, lang),
        "paid_on": day(one.paid_on, lang),
    }


def _list_total(paper: ClaimPaper, lang: Lang) -> list[str]:
    """The last row, from the eligible amount on: a document's own amounts are not claimed."""
    sums = paper.sums
    amounts = (sums.eligible, sums.eligible_vat, sums.eu_amount)
    return [*(amount(one, lang) for one in amounts), "", amount(sums.disallowed, lang)]
