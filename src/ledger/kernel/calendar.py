"""Which day is it where the projects run? Dates of the ledger are days in Europe/Warsaw."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def day_in_warsaw(moment: datetime) -> date:
    """The calendar day in Poland at that moment."""
    return moment.astimezone(WARSAW).date()


def end_of_day(day: date) -> datetime:
    """The day's last microsecond in Poland, in UTC. Raises `OverflowError` for the last of all."""
    following = datetime.combine(day + timedelta(days=1), time(), WARSAW)
    return following.astimezone(UTC) - timedelta(microseconds=1)
