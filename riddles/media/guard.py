"""Keeps a fetch on the public internet: no connection from this process to a private address.

A link can redirect anywhere, a name can resolve to anything, a playlist can name any segment;
the one place they all pass is the socket. Installed in a worker, for that worker's whole life.
"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

TRANSLATED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16"))
"""IPv6 addresses with an IPv4 address inside: what they reach cannot be told."""


class Guard:
    """Refuses connections and remembers that it did, for the sentence afterwards."""

    def __init__(self, allow_private: bool | Sequence[str]) -> None:  # noqa: FBT001 - as in the job
        everywhere = ("0.0.0.0/0", "::/0") if allow_private is True else ()
        named = () if isinstance(allow_private, bool) else tuple(allow_private)
        self.allowed = [ipaddress.ip_network(net, strict=False) for net in (*everywhere, *named)]
        self.refused: list[str] = []

    def permits(self, address: str) -> bool:
        """Whether a worker may connect to this address."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        if any(ip in network for network in self.allowed):
            return True
        return ip.is_global and not ip.is_multicast and not any(ip in net for net in TRANSLATED)

    def check(self, family: int, address: Any) -> None:  # noqa: ANN401 - sockets take anything
        """Raise PermissionError for what is not a permitted internet address."""
        internet = family in {socket.AF_INET, socket.AF_INET6}
        host = str(address[0]) if internet else "a local socket"
        if not internet or not self.permits(host):
            self.refused.append(host)
            raise PermissionError(13, f"not a public address: {host}")

    def install(self) -> None:
        """Stand in every connection this process makes from now on."""
        guard = self
        plain = socket.socket.connect
        plain_ex = socket.socket.connect_ex

        def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as above
            guard.check(self.family, address)
            plain(self, address)

        def connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401 - as above
            guard.check(self.family, address)
            return plain_ex(self, address)

        socket.socket.connect = connect
        socket.socket.connect_ex = connect_ex
