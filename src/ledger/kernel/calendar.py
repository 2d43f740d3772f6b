"""Which day is it where the projects run? Dates of the ledger are days in Europe/Warsaw."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def day_in_warsaw(moment: datetime) -> date:
    """The calendar day in Poland at that moment."""
    return moment.astimezone(WARSAW).date()
