"""T27: what somebody gave us as an address is called by https on the public internet, or not at all."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from core import egress
from tests.notifications.push_service import PushService

PRIVATE = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.8",
           "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
           "ff02::1", "2001:db8::1", "fec0::1")  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_T27_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not egress.may_reach(address, 443)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(egress.NotPublic):
        egress.checked(f"https://{host}/x")


@pytest.mark.parametrize("url", [
    "http://push.example/x", "ftp://push.example/", "https:///x", "https://user:secret@push.example/", "https://push.example:99999/", "//push.example/x",
    "https://push.example/a b", "https://push.example/\r\nHost: x", "javascript:alert(1)", "",
])  # fmt: skip
def test_T27_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(egress.NotPublic):
        egress.checked(url)


def test_public_addresses_on_the_usual_port_are_fine() -> None:
    assert egress.may_reach("9.9.9.9", 443) and egress.may_reach("2620:fe::fe", 443)
    assert not egress.may_reach("9.9.9.9", 22) and not egress.may_reach("9.9.9.9", 6379)
    assert egress.checked("https://push.example/a?b=c") == ("push.example", 443, "/a?b=c")


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name stand for these addresses; return the names that were asked."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_T27_a_name_for_a_private_address_is_refused_also_when_another_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "9.9.9.9", "127.0.0.1")
    with pytest.raises(egress.NotPublic):
        egress.public_address("rebind.example", 443)


def test_T27_the_name_is_asked_once_and_the_checked_address_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, called = names(monkeypatch, "9.9.9.9"), []

    def connect(address: tuple[str, int], *_: Any) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        egress.post("https://rebind.example/x", b"", {})
    assert asked == ["rebind.example"] and called == [("9.9.9.9", 443)]


def test_a_private_server_is_not_called_even_if_it_answers(tmp_path: Path) -> None:
    service = PushService(tmp_path)
    service.start()
    try:
        with pytest.raises(egress.NotPublic):
            egress.post(f"{service.url}/x", b"hello", {})
    finally:
        service.stop()
    assert service.came == []
