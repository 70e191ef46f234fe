"""Pages go to push services that are known, whatever a browser says its address is."""

from __future__ import annotations

import pytest

from bot.domain.web_push import HOSTS, is_host, is_known

GOOD = (
    "https://fcm.googleapis.com/fcm/send/abc:DEF-_1",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://web.push.apple.com/QGx",
    "https://db5p.notify.windows.com/w/?token=BQYA%3d",
    "https://fcm.googleapis.com:443/x",
)
HOSTILE = (
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://me:secret@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.example.org/x",
    "https://example.org/fcm.googleapis.com",
    "https://notify.windows.com.example.org/",
    "https://evilnotify.windows.com/",
    "https://notify.windows.com/",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://[::1]/x",
    "https://localhost/x",
    "https://169.254.169.254/latest/meta-data",
    "https://fcm.googleapis.com#@example.org/x",
    "https://example.org\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com\\.example.org/x",
    "https://fcm.googleapis.com./x",
    "https://*.notify.windows.com/x",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\r\nHost: example.org",
    "https://fcm.googleapis.com/\u00e9",
    "https://\u217bcm.googleapis.com/x",
    "https://fcm.googleapis.com:notaport/x",
    "https://fcm.googleapis.com:99999/x",
    "https://[fcm.googleapis.com/x",
    "//fcm.googleapis.com/x",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "",
    "https://fcm.googleapis.com/" + "x" * 1000,
)


@pytest.mark.parametrize("endpoint", GOOD)
def test_the_push_services_of_the_browsers_are_known(endpoint: str) -> None:
    assert is_known(endpoint, HOSTS)


@pytest.mark.parametrize("endpoint", HOSTILE)
def test_a_hostile_address_is_none(endpoint: str) -> None:
    assert not is_known(endpoint, HOSTS)


def test_a_setting_names_hosts_and_no_numbers() -> None:
    assert all(map(is_host, HOSTS))
    wrong_ones = ("", "*", "*.", "localhost", "127.0.0.1", "[::1]", "https://x.org", "x.org/", "X.org", "a.*.org")
    for wrong in (*wrong_ones, "x.org:443"):
        assert not is_host(wrong)
