"""Is this a number that the national e-invoicing system (KSeF) gave out?

`NIP-YYYYMMDD-12 hex-2 hex`: the seller, the day of receipt, a serial number, and a check digit
(CRC-8, polynomial 0x07, initial value 0) over the 32 characters before its hyphen.
"""

import re
from datetime import date

FORM = re.compile(r"([0-9]{10})-([0-9]{8})-([0-9A-F]{12})-([0-9A-F]{2})")
CHECKED_LENGTH = 32
POLYNOMIAL = 0x07


def check_digit(first32: str) -> str:
    """Return the two hexadecimal digits that belong after these 32 characters."""
    remainder = 0
    for octet in first32.encode("utf-8"):
        remainder ^= octet
        for _ in range(8):
            carried = remainder & 0x80
            remainder = (remainder << 1) & 0xFF
            if carried:
                remainder ^= POLYNOMIAL
    return f"{remainder:02X}"


def is_ksef_number(text: str) -> bool:
    """Say whether the text has the form, a day of the calendar and the right check digit."""
    parts = FORM.fullmatch(text)
    if parts is None:
        return False
    day = parts[2]
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return check_digit(text[:CHECKED_LENGTH]) == parts[4]
