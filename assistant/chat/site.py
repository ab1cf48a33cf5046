"""Where a page is served, and by which names it is reached."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a page is served: the address that it is bound to, and the names by which others reach it besides."""

    host: str = "127.0.0.1"
    domains: tuple[str, ...] = ()

    @property
    def exposed(self) -> bool:
        """Whether anyone but this machine's own users can reach it; a domain says that a proxy passes them on."""
        return bool(self.domains) or not is_loopback(self.host)

    def is_named(self, host: str) -> bool:
        """Whether a `Host` header names this site."""
        named = _HOST.fullmatch(host.lower())
        return bool(named and self.knows(named[1]))

    def is_origin(self, origin: str, host: str) -> bool:
        """Whether an `Origin` is this site's: the `Host` of the same request, or the domain of a proxy before it."""
        try:
            parts = urlsplit(origin.lower())
            return parts.netloc == host.lower() or parts.hostname in self.domains
        except ValueError:
            return False

    def knows(self, name: str) -> bool:
        """Whether a `Host` without its port names this site. Anyone can have a name lead here, but no address."""
        name = name.strip("[]").rstrip(".")
        if name in ("localhost", self.host.strip("[]").lower(), *self.domains):
            return True
        if is_loopback(self.host):
            return is_loopback(name)
        own = socket.gethostname().lower()
        return _is_address(name) or name in (own, own.partition(".")[0], f"{own}.local")


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, can be reached from this machine alone."""
    bare = host.strip("[]")
    return bare == "localhost" or (_is_address(bare) and ip_address(bare).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
