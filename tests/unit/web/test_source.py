"""A source: the same for one home, another for each process, and nothing that could be read."""

from __future__ import annotations

from bot.web.middleware.source import Source


def test_an_address_is_one_source_and_an_ipv6_network_is_too() -> None:
    source = Source()
    assert source.of("192.0.2.1") == source.of("192.0.2.1") == source.of("::ffff:192.0.2.1")
    assert source.of("192.0.2.1") != source.of("192.0.2.2")
    assert source.of("2001:db8:1:2::1") == source.of("2001:db8:1:2:ffff::9") != source.of("2001:db8:1:3::1")
    assert source.of("fe80::1%eth0") == source.of("fe80::2")
    assert source.of("?") == source.of("?") != source.of("not an address \ud800")


def test_it_says_nothing_and_is_another_in_every_process() -> None:
    address = "192.0.2.1"
    said = Source().of(address)
    assert address not in said and address.encode().hex() not in said, "whole: a part of it is in any hash by chance"
    assert Source().of("192.0.2.1") != Source().of("192.0.2.1")
