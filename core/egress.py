"""The one way out: a call to an address that somebody else gave us goes by https to a public address, or not at all (T27).

The name is looked up once, every address that it stands for must be public, and the connection goes to the very address that
was checked: a name that answers differently the second time changes nothing. Redirects are not followed. One deadline holds
for all of it, for a side that sends a byte now and then keeps every time-out of a socket waiting.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import Refused

TIMEOUT_S = 10.0
MOST_ANSWER = 64 * 1024
HTTPS = 443
# For special use, though some Pythons call them global.
SPECIAL = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "3fff::/20", "fec0::/10")]
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotPublic(Refused):
    """The address is not an https address of the public internet."""


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked(url: str) -> tuple[str, int, str]:
    """Return host, port and path of an https address without a password in it. Raises NotPublic. Asks no name server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or HTTPS
    except ValueError:
        raise NotPublic("not an address") from None
    if parts.scheme != "https" or not host or parts.username is not None or parts.password is not None:
        raise NotPublic("not an https address")
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise NotPublic("not an address")
    if is_literal(host) and not may_reach(host, port):
        raise NotPublic("not a public address")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_literal(host: str) -> bool:
    """Return whether the host is an address in digits."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def may_reach(address: str, port: int) -> bool:
    """Return whether a call may go there: the usual port of a public address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None and not inside.is_global:
            return False
    is_special = any(found in network for network in SPECIAL if network.version == found.version)
    return port == HTTPS and found.is_global and not found.is_multicast and not is_special


def public_address(host: str, port: int) -> str:
    """Return the address to connect to. Raises NotPublic when any that the name stands for is not public, OSError when it
    stands for none."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(may_reach(one, port) for one in found):
        raise NotPublic("not a public address")
    return found[0]


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked, with the certificate checked for the name."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        context = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout_s, context=context)
        self._tls, self._is_cut = context, False

    def connect(self) -> None:
        """Look the name up and connect to the checked address. Raises NotPublic or OSError."""
        address = public_address(self.host, self.port)
        plain = socket.create_connection((address, self.port), self.timeout)
        try:
            self.sock = tls = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        except BaseException:
            plain.close()
            raise
        if self._is_cut:
            raise TimeoutError
        tls.do_handshake()

    def cut(self) -> None:
        """End the call whatever it waits for; whoever waits in it sees the end of the line."""
        self._is_cut = True
        try:
            if self.sock is not None:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
        except OSError:  # it was closed meanwhile
            pass


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> Answer:
    """Return the answer to a POST, if all of it comes within `timeout_s`. Raises NotPublic; OSError (TimeoutError) or
    http.client.HTTPException when nobody answers well."""
    host, port, path = checked(url)
    connection = _Pinned(host, port, timeout_s)
    came: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
    threading.Thread(target=lambda: came.put(_answer(connection, path, body, headers)), daemon=True).start()
    try:
        answer = came.get(timeout=timeout_s)
    except queue.Empty:
        connection.cut()
        raise TimeoutError("no whole answer in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answer(connection: _Pinned, path: str, body: bytes, headers: Mapping[str, str]) -> Answer | Exception:
    """Return the answer, or why there is none."""
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read(MOST_ANSWER))
    except Exception as error:
        return error
    finally:
        connection.close()
