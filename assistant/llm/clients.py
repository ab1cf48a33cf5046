"""How the openai client is built for a server: its address, its key, no retries, no proxy in front of loopback."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .settings import ModelSettings


def client_options(settings: ModelSettings, http_client: Callable[..., Any]) -> dict[str, Any]:
    """What `OpenAI(...)` is given; `http_client` builds the HTTP client of the installed openai (2.x or 3.x).

    The address is always named, as the client would otherwise read OPENAI_BASE_URL by itself, and a server without a
    key gets `none`, as the client refuses an empty one.
    """
    options: dict[str, Any] = {
        "base_url": settings.address,
        "api_key": settings.api_key or "none",
        "max_retries": 0,
    }
    if is_loopback(settings.address):
        options["http_client"] = http_client(trust_env=False)  # HTTP_PROXY would be asked even for 127.0.0.1
    return options


def is_loopback(address: str) -> bool:
    """Whether an address names this machine."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
