"""Who may do what on the page: the rules it is served by, and the limits that each question has to pass."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from ..errors import SettingsError

if TYPE_CHECKING:
    from .log import Log

_WINDOW = 60.0  # seconds
_REMEMBERED = 1000  # users, before those who have not come for a window are forgotten
_UNTOLD = 0.01  # USD for a question that ended without its cost, before any has told its own


@dataclass(frozen=True, slots=True)
class Rules:
    """What visitors of a page may do.

    may_edit: add and remove papers. signed_in: the page asks for a name and a password. questions_per_minute: for
    each user; 0 is no limit. spend_cap: USD that the model may cost in all until the page ends; None is no cap.
    upload_bytes: the most that one upload holds. keep_log: a line for each question is kept in a file that its owner
    alone can read.
    """

    may_edit: bool = True
    signed_in: bool = False
    questions_per_minute: int = 0
    spend_cap: float | None = None
    upload_bytes: int = 50_000_000
    keep_log: bool = True


class Window:
    """How often each user came within the last minute. Not for several threads at once."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._came: dict[str, deque[float]] = {}

    def wait(self, user: str) -> int:
        """0 for one who may come now, which is counted; else the seconds until then."""
        now = self._clock()
        if len(self._came) >= _REMEMBERED:
            self._came = {name: times for name, times in self._came.items() if times[-1] > now - _WINDOW}
        times = self._came.setdefault(user, deque())
        while times and times[0] <= now - _WINDOW:
            times.popleft()
        if len(times) >= self._limit:
            return max(1, round(times[0] + _WINDOW - now))
        times.append(now)
        return 0


class Limiter:
    """Counts questions and money for all visitors of a page; any thread may call it.

    `admit` before each question, then `spent` once for each that was admitted, however it ended.
    """

    def __init__(self, rules: Rules, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules = rules
        self._window = Window(rules.questions_per_minute, clock)
        self._lock = threading.Lock()
        self._spent = 0.0
        self._dearest = 0.0

    def admit(self, user: str) -> None:
        """Lets one question of a user through. Raises SettingsError where the cap or the user's limit is reached.

        Questions that are being answered have not cost anything yet: the cap can be passed by what these cost.
        """
        cap, limit = self._rules.spend_cap, self._rules.questions_per_minute
        with self._lock:
            if cap is not None and self._spent >= cap:
                cure = "Whoever serves the page can start it again with a higher --spend-cap."
                raise SettingsError(f"The model has cost the {cap:g} USD that it may cost on this page.", cure=cure)
            if limit and (seconds := self._window.wait(user)):
                questions = "1 question" if limit == 1 else f"{limit} questions"
                cure = f"Ask again in {seconds} s."
                raise SettingsError(f"That is more than {questions} in a minute.", cure=cure, retryable=True)

    def spent(self, cost: float | None) -> None:
        """Counts what a question cost in USD. None is for one that was stopped or failed on the way: it counts as
        much as the dearest so far."""
        with self._lock:
            self._spent += (self._dearest or _UNTOLD) if cost is None else cost
            self._dearest = max(self._dearest, cost or 0.0)


@dataclass(slots=True)
class Ending:
    """How a question ended: `state` is the answer's, or the type of the error, or `stopped`; `cost` in USD."""

    state: str = "stopped"
    cost: float | None = None

    def settled(self, answer: Mapping[str, Any] | None, error: Mapping[str, Any] | None = None) -> None:
        """Takes how it ended from an answer or an error, as their `to_dict()` gives them; without either, nothing."""
        if answer is not None:
            self.state, self.cost = answer["state"], answer["usage"]["cost"] or 0.0
        elif error is not None:  # what a model took before it failed, nobody says
            self.state, self.cost = error["type"], None if error["type"] == "ModelError" else 0.0


class Gate:
    """What every question passes on its way in and out, at the page and at the API: the limits and the log."""

    def __init__(self, rules: Rules, log: Log | None = None) -> None:
        self.rules = rules
        self.limiter = Limiter(rules)
        self._log = log

    @contextmanager
    def asking(self, request: Any, question: str, corpus: str) -> Iterator[Ending]:
        """Admits a question (SettingsError where it may not pass); what it yields is to be told how it ended."""
        user, started, ending = user_of(request), time.monotonic(), Ending()
        self.limiter.admit(user)
        try:
            yield ending
        finally:
            self.limiter.spent(ending.cost)
            if self._log:
                seconds = round(time.monotonic() - started, 3)
                self._log.write(
                    user=user, corpus=corpus, question=question, state=ending.state, cost=ending.cost, seconds=seconds
                )


def user_of(request: Any) -> str:
    """The user that a request (gradio's or starlette's) counts for: the name signed in with, if any, and the address.

    A session is no user: its name is the visitor's own choice. IPv6 addresses of one network are one.
    """
    host = request.client.host if request is not None and request.client else ""
    name = getattr(request, "username", None)
    return f"{name}@{network(host)}" if name else network(host)


def network(host: str) -> str:
    """An address as one user's: IPv4 as it is, of IPv6 the network, since a visitor has all of its addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address) or address.is_loopback:
        return host
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
