"""Polite requests to one server: one at a time, with pauses, retries and bounds, and one sentence for a failure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from ..errors import PapersError
from ..servers import retry_after, short

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from urllib.request import OpenerDirector

T = TypeVar("T")

_AGENT = "abstract-assistant (one request at a time)"
_LARGEST = 20_000_000  # bytes of an answer
_CHUNK = 1 << 16  # bytes
_LONGEST_WAIT = 120.0  # seconds; a server that asks for more is not waited for
_SLOWEST = 4  # timeouts until an answer must be whole
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

_last: dict[str, float] = {}  # by server, when it was asked last; the pause holds for all queries of the process


class Fault(Exception):
    """What the server did, to follow its name in a sentence; `again` says whether asking again may help."""

    def __init__(self, did: str, *, again: bool = True, headers: Message | None = None) -> None:
        super().__init__(did)
        self.did = did
        self.again = again
        self.headers = headers

    @property
    def response(self) -> Fault:
        """Itself, as `retry_after` looks for the headers in a response."""
        return self


class Polite:
    """Asks one server. No redirect to another is followed, and a proxy is asked only for servers elsewhere."""

    def __init__(self, base_url: str, *, pause: float, timeout: float, retries: int, cure: str) -> None:
        self._base_url = base_url
        self._server = urlsplit(base_url).netloc.rpartition("@")[2]
        self._pause = pause
        self._timeout = timeout
        self._retries = retries
        self.cure = cure
        self._answered = False
        self._opener = _opener(base_url)

    def get(self, query: str, understand: Callable[[bytes], T]) -> tuple[bytes, T]:
        """The answer's body and what `understand`, which may raise Fault, makes of it.

        Raises PapersError when no attempt succeeds. A server that cannot be reached is tried again only if it
        has answered before.
        """
        attempts = 0
        while True:
            try:
                status, body = self._ask(f"{self._base_url}?{query}")
                self._answered = True
                return body, _understood(status, body, understand)
            except Fault as fault:
                attempts += 1
                time.sleep(self._wait(fault, attempts))

    def _ask(self, url: str) -> tuple[int, bytes]:
        """Status and body. That of 400 is given too: an API explains itself there."""
        from http.client import HTTPException

        self._take_turn()
        with self._open(url) as response:
            if response.status in (429, 503):
                raise Fault("asks for fewer requests", headers=response.headers)
            if response.status not in (200, 400):
                again = response.status in _AGAIN
                raise Fault(f"answered with status {response.status}", again=again, headers=response.headers)
            try:
                return response.status, self._body(response)
            except TimeoutError as error:
                raise self._late() from error
            except (OSError, HTTPException) as error:
                raise Fault("broke off in its answer") from error

    def _open(self, url: str) -> Any:
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError

        try:
            return self._opener.open(url, timeout=self._timeout)
        except HTTPError as error:
            return error
        except URLError as error:
            raise self._unreachable(error.reason) from error
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a redirect to what is no address
            raise self._unreachable(error) from error

    def _body(self, response: Any) -> bytes:
        """All of it, within time and size."""
        end = time.monotonic() + _SLOWEST * self._timeout
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > _LARGEST:
                raise Fault(f"sent more than {_LARGEST // 1_000_000} MB for one page", again=False)
            if time.monotonic() > end:
                raise TimeoutError
        if response.length:  # what a header promised beyond what came
            raise Fault("broke off in its answer")
        return bytes(body)

    def _late(self) -> Fault:
        return Fault(f"did not answer within {self._timeout:g} seconds")

    def _unreachable(self, reason: object) -> Fault:
        if isinstance(reason, TimeoutError):
            return self._late()

        said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Fault(f"cannot be reached ({short(str(said))})", again=self._answered)

    def _take_turn(self) -> None:
        time.sleep(max(_last.get(self._server, -self._pause) + self._pause - time.monotonic(), 0.0))
        _last[self._server] = time.monotonic()

    def _wait(self, fault: Fault, attempts: int) -> float:
        """Seconds until the next attempt: as the server asks, else doubled each time; raises when there is none."""

        asked = retry_after(fault)
        wait = self._pause * 2**attempts if asked is None else asked
        if fault.again and attempts <= self._retries and wait <= _LONGEST_WAIT:
            return wait
        waits = f" and asks to wait {asked:.0f} seconds" if asked else ""
        message = f"The server {self._server} {fault.did}{waits}."
        raise PapersError(message, cure=self.cure, retryable=fault.again) from fault


def _understood(status: int, body: bytes, understand: Callable[[bytes], T]) -> T:
    try:
        return understand(body)
    except Fault as fault:
        if status == 400:
            raise Fault("refused the request with status 400", again=False) from fault
        raise


def _opener(base_url: str) -> OpenerDirector:
    from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

    class SameServer(HTTPRedirectHandler):
        def redirect_request(self, *given: Any) -> Any:
            request, response, address = given[0], given[1], given[-1]
            was, now = urlsplit(base_url), urlsplit(urljoin(request.full_url, address))
            secured = (was.scheme, now.scheme) == ("http", "https") and was.port == now.port is None
            if was.hostname != now.hostname or not (secured or (was.scheme, was.port) == (now.scheme, now.port)):
                response.close()
                raise Fault(f"leads to another server, {short(now.netloc)}, which is not asked", again=False)
            return super().redirect_request(*given)

    near = urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")  # HTTP_PROXY would be asked even there
    opener = build_opener(SameServer, *([ProxyHandler({})] if near else []))
    opener.addheaders = [("User-Agent", _AGENT), ("Accept", "application/atom+xml")]
    return opener
