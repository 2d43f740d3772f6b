"""What do the fields about audits mean? The notes of `api.vocabulary` on changes and custody."""

from typing import Any

ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WHEN = "?valid_at=2021-06-30&known_at=2814"

AUDIT_NOTES: dict[str, tuple[str, Any]] = {
    "describes": ("Which papers they are, in words.", "Dokumenty księgowe do wniosku W-001"),
    "digests": ("SHA-256 digests of the documents among them.", [DIGEST]),
    "expenditures": ("The accounting documents whose papers are among them.", [ID]),
    "holder": ("The institution that holds them.", ID),
    "holder_name": ("Its name.", "Regionalny Ośrodek Polityki Społecznej w Rzeszowie"),
    "BeginCustody.place": ("Where they are kept.", "Rzeszów, archiwum zakładowe, regał 14"),
    "MoveCustody.place": ("Where they are kept from then on.", "Rzeszów, archiwum zakładowe"),
    "MoveCustody.holder": ("The institution that holds them from then on.", ID),
    "CustodyRow.place": ("Where they are kept.", "Rzeszów, archiwum zakładowe, regał 14"),
    "CustodyRow.since": ("From when they are there.", "2021-07-19"),
    "RowChange.table": ("The read table in which the row stands.", "appointments"),
    "RowChange.key": ("What identifies the row there.", {"team": ID, "appointment": ID}),
    "RowChange.name": ("What people call it, where they may know.", "Gmina Mirzec"),
    "RowChange.subject": ("The object whose row it is.", ID),
    "RowChange.change": ("Whether it was added, removed or changed.", "changed"),
    "RowChange.fields": (
        "The fields that differ.",
        [{"field": "ends_on", "before": "2020-09-30", "after": "2020-12-31"}],
    ),
    "RowChange.position": ("Position of the last event that made it differ.", 88),
    "AuditElement.number": ("Number of the element in Annex XIII, section I.", 12),
    "AuditElement.title": ("The element in short.", "Faktury, dowody zapłaty, zapisy księgowe"),
    "AuditElement.basis": (
        "Where the law asks for it.",
        "załącznik XIII sekcja I pkt 12 rozporządzenia (UE) 2021/1060",
    ),
    "AuditElement.status": ("How far it is answered.", "partly"),
    "AuditElement.answers": ("What answers it, and where.", []),
    "AuditElement.events": ("The events that answer it, by their types.", []),
    "AuditElement.events_count": ("How many events these are.", 1502),
    "AuditElement.first_position": ("Position of the first of them.", 88),
    "AuditElement.last_position": ("Position of the last of them.", 2814),
    "AuditElement.documents": (
        "The documents that stand as evidence.",
        {"count": 2, "stored": 1, "held": 1, "digests": [DIGEST]},
    ),
    "AuditElement.missing": ("What is missing, how much of it, and where.", []),
    "TrailLink.what": ("The name of what is counted, or of the rule that finds it.", "bare"),
    "TrailLink.text": ("The same in words.", "Wydatki bez dowodu i bez miejsca przechowywania"),
    "TrailLink.count": ("How much of it there is.", 12),
    "TrailLink.address": ("Where it can be read.", f"/api/expenditures{WHEN}&project={ID}"),
    "TrailEvents.count": ("How many events of the type.", 1502),
    "TrailEvents.first": ("Position of the first.", 88),
    "TrailEvents.last": ("Position of the last.", 2814),
    "TrailEvents.address": (
        "Where they can be read.",
        f"/api/events{WHEN}&project={ID}&type=expenditure.recorded",
    ),
    "TrailDocuments.count": ("How many documents.", 2),
    "TrailDocuments.stored": ("How many of them lie in our own store.", 1),
    "TrailDocuments.held": ("How many of them are in a custody on the day.", 1),
    "TrailDocuments.digests": ("SHA-256 digests of the first of them.", [DIGEST]),
}
