"""What may chance choose from? Days, amounts and objects; few, so that they meet."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

FIRST, DAYS = date(2020, 1, 1), 90

Body = dict[str, Any]


class Draws:
    """Draws what commands are made of; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made: dict[str, list[str]] = {}
        self.target = ""

    def day(self) -> date:
        """A day in the past."""
        return FIRST + timedelta(days=self.chance.randrange(DAYS))

    def new_id(self) -> str:
        """An id, the same in every run."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def one(self, collection: str) -> str:
        """Some object, perhaps one whose creation was refused."""
        return self.chance.choice(self.made.get(collection) or [self.new_id()])

    def number(self) -> int:
        """Few, so that they meet."""
        return self.chance.randrange(1, 4)

    def period(self) -> Body:
        """Two days, mostly in order."""
        first, length = self.day(), self.chance.randrange(-1, 20)
        return {"starts_on": str(first), "ends_on": str(first + timedelta(days=length))}

    def amount(self, most: int = 400) -> str:
        """An amount with places."""
        return f"{self.chance.randrange(1, most)}.{self.chance.randrange(100):02}"
