"""Where a webhook may lead: not into our own network, whatever its name is said to mean at the moment.

The name is looked up here, every address that it has is looked at, and the connection goes to one of those: between
the look and the connection nobody is asked again. So a name that means an outside address today and an inside one
tomorrow (DNS rebinding) is refused tomorrow.
"""

from __future__ import annotations

import socket
from asyncio import get_running_loop
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_OLD_COMPATIBLE = IPv6Network("::/96")
_SITE_LOCAL = IPv6Network("fec0::/10")


class Inside(OSError):
    """The address is inside and no setting allows it; the message is one sentence."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises ValueError."""
    return tuple(ip_network(text, strict=False) for text in texts)


def allowed(address: Address, inside: Sequence[Network], plain: bool) -> bool:
    """``inside``: networks that the settings allow. ``plain``: without TLS, which only those may be spoken to."""
    meant = _meant(address)
    if any(meant in network for network in inside if network.version == meant.version):
        return True
    outside = meant.is_global and not (meant.is_multicast or meant.is_reserved)
    return outside and not plain and not (isinstance(meant, IPv6Address) and meant in _SITE_LOCAL)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps, else itself."""
    if isinstance(address, IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if wrapped is None and (address in _NAT64 or (address in _OLD_COMPATIBLE and int(address) > 1)):
        wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
    return wrapped or address


class CheckedResolver(AbstractResolver):
    """aiohttp's resolver that gives only addresses that may be connected to; raises Inside when one may not."""

    def __init__(self, inside: Sequence[Network], plain: bool) -> None:
        self._inside = inside
        self._plain = plain

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
        results = []
        for kind, _, protocol, _, at in found:
            check(host, str(at[0]), self._inside, self._plain)
            results.append(
                ResolveResult(hostname=host, host=str(at[0]), port=port, family=kind, proto=protocol,
                              flags=socket.AI_NUMERICHOST)
            )  # fmt: skip
        return results

    async def close(self) -> None:
        """Holds nothing."""


def check(host: str, text: str, inside: Sequence[Network], plain: bool) -> None:
    """Raises Inside. ``text``: an address as numbers."""
    address = ip_address(text.partition("%")[0])
    if allowed(address, inside, plain):
        return
    if plain and allowed(address, inside, plain=False):
        raise Inside(f"{host} is outside and must be spoken to with https")
    raise Inside(f"{host} leads to the inside address {address}; [webhooks] allow_inside can allow its network")


def check_literal(host: str, inside: Sequence[Network], plain: bool) -> None:
    """Of a host that is an address itself, which no resolver is asked about. Raises Inside."""
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return
    check(host, host.strip("[]"), inside, plain)
