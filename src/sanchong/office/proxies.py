"""Who asks, when a proxy stands before the server: told by the proxies that are named, and by nobody else.

A proxy ends TLS and adds headers that say from where, and how, a request came to it. Anybody can write such headers; they are
believed if they come from an address of SANCHONG_PROXIES, and taken off otherwise.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

Application: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED: Final = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP", "HTTP_FORWARDED",
)  # fmt: skip
PASSED_ON: Final = "sanchong.passed_on"
"""In the environment of a request that an unnamed proxy passed on: whose it is, is not known."""


def through(application: Application, proxies: Sequence[str]) -> Application:
    """The application, told the address of whoever asks; ``proxies`` are addresses or networks such as 10.0.0.0/24."""
    named = [ipaddress.ip_network(proxy) for proxy in proxies]

    def asked(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if within(environ.get("REMOTE_ADDR", ""), named):
            environ["REMOTE_ADDR"] = _client(environ, named)
        else:
            claimed = [environ.pop(header, None) for header in FORWARDED]
            if any(claim is not None for claim in claimed):
                environ[PASSED_ON] = True
        return application(environ, start)

    return asked


def _client(environ: dict[str, Any], named: Sequence[Network]) -> str:
    """The last address in X-Forwarded-For that is none of our proxies: what stands before it, its sender may have made up."""
    own = str(environ["REMOTE_ADDR"])
    for said in reversed(str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        address = said.strip()
        if not _is_address(address):
            return own
        if not within(address, named):
            return address
    return own


def within(address: str, networks: Sequence[Network | str]) -> bool:
    """Whether an address lies in one of the networks; a text that is none lies nowhere."""
    return _is_address(address) and any(
        ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in networks
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
