"""How often may somebody ask? As often as real work needs, and not as often as an attack does.

Each caller has an allowance of its own, by the credential that the request shows. What shows none,
or one that is not known to be good, counts for the address that it comes from; so nobody gets a
new allowance by making a credential up. Trying to sign in has a smaller one. Allowances are this
process's: they are lost when it ends, and each of several processes has its own.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from api.problems import TooManyRequests
from ledger.settings import Rates

MINUTE = 60.0
KEYS_KEPT = 50_000
GOOD_SECONDS = 900.0  # then a credential has to prove itself again


class Allowance:
    """So many requests a minute for each key, in one go or spread over it.

    Of each key only the moment is kept at which its allowance is whole again (GCRA).
    """

    def __init__(self, limit: int, now: Callable[[], float]) -> None:
        self._limit, self._now = limit, now
        self._whole_at: OrderedDict[object, float] = OrderedDict()

    def take(self, key: object) -> None:
        """Counts a request. Raises `TooManyRequests`."""
        if not self._limit:
            return
        now = self._now()
        whole = max(self._whole_at.pop(key, now), now)
        after = whole + MINUTE / self._limit
        if after - now > MINUTE + 1e-9:
            self._whole_at[key] = whole
            seconds = math.ceil(after - now - MINUTE)
            raise TooManyRequests(limit=self._limit, seconds=max(seconds, 1))
        self._whole_at[key] = after
        if len(self._whole_at) > KEYS_KEPT:
            self._whole_at.popitem(last=False)

    def give_back(self, key: object) -> None:
        """The request should not have been counted."""
        if key in self._whole_at:
            self._whole_at[key] -= MINUTE / self._limit


class Asked(NamedTuple):
    """What a request shows of who makes it: a credential (its hash), and where it comes from."""

    credential: int | None
    address: str
    signs_in: bool = False


class Turnstile:
    """Lets requests pass while their makers have some of their allowances left."""

    def __init__(self, rates: Rates, now: Callable[[], float] = monotonic) -> None:
        self._callers = Allowance(rates.caller, now)
        self._addresses = Allowance(rates.address, now)
        self._signing_in = Allowance(rates.sign_in, now)
        self._good: OrderedDict[int, float] = OrderedDict()
        self._now = now

    def enter(self, asked: Asked) -> None:
        """Raises `TooManyRequests`."""
        if asked.signs_in:
            self._signing_in.take(asked.address)
        if self._is_good(asked.credential):
            self._callers.take(asked.credential)
        else:
            self._addresses.take(asked.address)

    def leave(self, asked: Asked, *, known: bool) -> None:
        """Notes what came of it; `known`: the credential is good, and so is it from now on."""
        if asked.credential is None:
            return
        if not known:
            self._good.pop(asked.credential, None)
        elif not self._is_good(asked.credential):
            self._addresses.give_back(asked.address)
            self._good[asked.credential] = self._now() + GOOD_SECONDS
            if len(self._good) > KEYS_KEPT:
                self._good.popitem(last=False)

    def _is_good(self, credential: int | None) -> bool:
        return credential is not None and self._good.get(credential, 0.0) > self._now()
