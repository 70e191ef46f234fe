"""One's own log-in in a real browser, on a small phone: a passkey by the browser's own virtual authenticator, recovery
codes, the password once more, sessions that end."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.desk.test_manage_page import part
from tests.browser.desk.test_page import Phone, chromium, phone, pictures  # noqa: F401 - fixtures
from tests.process.desk.test_passkeys import at_localhost
from tests.support.desk import PASSWORD, Colleague
from tests.support.office import Office

SMALL = {"width": 360, "height": 640}
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

KEPT = """async () => {
  const all = [localStorage, sessionStorage].flatMap((place) => Object.entries({ ...place }));
  const databases = (await indexedDB.databases()).length, stored = (await caches.keys()).length;
  return { all, databases, caches: stored, cookie: document.cookie };
}"""


async def small_phone(
    office: Office, chromium: Browser, pictures: Path, name: str, **how: object  # noqa: F811
) -> Phone:
    """Under a name, with an authenticator that has a finger on it."""
    held = await phone(replace(office, url=at_localhost(office)), chromium, pictures, name, **how)  # type: ignore[arg-type]
    await held.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    line = await held.context.new_cdp_session(held.page)
    await line.send("WebAuthn.enable", {"enableUI": False})
    await line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return held


async def nothing_secret_is_kept(page: Page, office: Office, me: Colleague, *more: str) -> None:
    kept = await page.evaluate(KEPT)
    assert (kept["databases"], kept["caches"], kept["cookie"]) == (0, 0, "")
    token = (await page.evaluate("fetch('/desk/api/session').then(a => a.json())"))["token"]
    cookies = [cookie["value"] for cookie in await page.context.cookies()]
    everything = json.dumps(kept["all"])
    assert token and cookies
    for secret in (PASSWORD, me.totp.secret, token, *cookies, *more):
        assert secret not in everything


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "fr")])
async def test_a_passkey_from_its_making_to_the_next_log_in(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await small_phone(office, chromium, pictures, f"account-{colours}", colours=colours)
    me = office.colleagues[-1]
    office.clock.pass_by(minutes=6)
    page = await held.open(f"/desk/manage?lang={lang}")
    await expect(page.locator("#sessions-list li")).to_have_count(1)
    await expect(page.locator("#sessions-list li")).to_contain_text(words("session_this"))
    await expect(page.locator("#codes-left")).to_have_text(f"{words('recovery_left')}: 10")
    await part(page, "account")
    await held.looked_at("account")

    # the password is asked for first; what was typed stays, also when it is not given
    await page.locator("#passkey-name").fill("Noors gsm")
    await page.locator("#passkey-form button").click()
    await expect(page.locator("#again")).to_be_visible()
    await held.looked_at("again")
    await page.locator("#again-cancel").click()
    await expect(page.locator("#passkey-fault")).to_have_text(words("again_explained"))
    await expect(page.locator("#passkey-name")).to_have_value("Noors gsm")
    await page.locator("#passkey-form button").click()
    await page.locator("#again-password").fill("another long sentence")
    await page.locator("#again-code").fill(me.totp.at(office.clock()))
    await page.locator("#again-form .primary").click()
    await expect(page.locator("#again-fault")).to_have_text(words("error_login"))
    await page.locator("#again-password").fill(PASSWORD)
    await page.locator("#again-code").fill(me.totp.at(office.clock()))
    await page.locator("#again-form .primary").click()
    await expect(page.locator("#again")).to_be_hidden()
    await expect(page.locator("#passkeys-list .name")).to_have_text("Noors gsm")
    await expect(page.locator("#passkey-name")).to_have_value("")
    assert await page.locator("#again-password").input_value() == ""

    await page.locator("#codes-renew").click()
    await expect(page.locator("#codes-list li")).to_have_count(10)
    code = (await page.locator("#codes-list li").first.text_content()) or ""
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)
    await page.locator("#codes").scroll_into_view_if_needed()
    await held.looked_at("codes")
    await nothing_secret_is_kept(page, office, me, code)

    # an invitation: what was typed goes on after the password is given, this time with the passkey
    office.clock.pass_by(minutes=6)
    await part(page, "people")
    await page.locator("#invite-name").fill("Eva")
    await page.locator("#invite-form button").click()
    await page.locator("#again-cancel").click()
    await expect(page.locator("#invite-name")).to_have_value("Eva")
    await page.locator("#invite-form button").click()
    await page.locator("#again-password").fill(PASSWORD)
    await page.locator("#again-passkey").click()
    await expect(page.locator("#invite-link")).to_have_value(re.compile("/desk/invite/"))

    await page.locator("#logout").click()
    await expect(page.locator("#login")).to_be_visible()
    await expect(page.locator("#passkey")).to_be_visible()
    await held.looked_at("login")
    await expect(page.locator("#code")).to_be_hidden()  # a finger is how one comes in here
    await page.locator("#use-code").click()
    await expect(page.locator("#code")).to_be_focused()
    await page.reload()
    await expect(page.locator("#code")).to_be_hidden()
    await page.locator("#passkey").click()
    assert await page.evaluate("document.activeElement.id") == "name", "a passkey alone is no way in"
    await page.locator("#name").fill(me.name)
    await page.locator("#password").fill("another long sentence")
    await page.locator("#passkey").click()
    await expect(page.locator("#login-error")).to_have_text(words("error_login"))
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password").press("Enter")
    await expect(page.locator("#queue")).to_be_visible()
    await expect(page.locator("#recovered")).to_be_hidden()
    await nothing_secret_is_kept(page, office, me, code)

    # another browser, with a recovery code; it is told how many are left, and its open page ends at once
    other = await phone(office, chromium, pictures, "other", log_in=False)
    there = await other.open(f"/desk?lang={lang}")
    await there.locator("#name").fill(me.name)
    await there.locator("#password").fill(PASSWORD)
    await there.locator("#recovery").click()
    await expect(there.locator("#code-label")).to_have_text(words("recovery_code"))
    await there.locator("#code").fill(code.lower())
    await there.locator("#login-form .primary").click()
    await expect(there.locator("#recovered")).to_have_text(f"{words('recovery_left')}: 9")
    await other.looked_at("recovered")
    await nothing_secret_is_kept(there, office, me, code)
    await page.locator("#menu-open").click()
    await page.locator("#manage").click()
    await expect(page.locator("#sessions-list li")).to_have_count(2)
    await expect(page.locator("#sessions-list")).to_contain_text(words("device_computer"))
    await part(page, "account")
    await page.locator("#end-others").click()
    await expect(page.locator("#sessions-list li")).to_have_count(1)
    await expect(there.locator("#login")).to_be_visible()
    await expect(there.locator("#login-error")).to_have_text(words("error_expired"))

    remove = page.locator("#passkeys-list button")
    await remove.click()
    await expect(remove).to_have_text(words("end_access_sure"))
    await remove.click()
    await expect(page.locator("#passkeys-list li")).to_have_count(0)
    assert other.errors == [] and held.errors == []
    await held.context.close()
    await other.context.close()


async def test_who_does_not_want_to_sees_why_and_can_use_the_code(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await small_phone(office, chromium, pictures, "no-passkey", log_in=False)
    colleague = await office.caseworker("Noor")
    assert colleague is not None
    me = office.colleagues[-1]
    page = await held.open()
    await page.locator("#name").fill("Noor")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#passkey").click()  # the phone has none
    await expect(page.locator("#login-error")).to_have_text(office.words.label("desk.passkey_none", "en"))
    await expect(page.locator("#password")).to_have_value(PASSWORD)
    office.clock.pass_by(seconds=30)
    await page.locator("#code").fill(me.totp.at(office.clock()))
    await page.locator("#login-form .primary").click()
    await expect(page.locator("#queue")).to_be_visible()
    await held.context.close()


async def test_whoever_joins_sees_the_codes_once(office: Office, chromium: Browser, pictures: Path) -> None:  # noqa: F811
    secret = await office.store.invite_first("Noor")
    held = await small_phone(office, chromium, pictures, "joined", log_in=False)
    page = await held.open(f"/desk/invite/{secret}?lang=nl")
    await page.locator("#password").fill(PASSWORD)
    totp = pyotp.TOTP(await page.locator("#totp").input_value())
    await page.locator("#code").fill(totp.at(office.clock()))
    await page.locator("#accept .primary").click()
    await expect(page.locator("#codes-list li")).to_have_count(10)
    await expect(page.locator("#done .button.primary")).to_be_visible()
    await held.looked_at("joined")
    code = (await page.locator("#codes-list li").last.text_content()) or ""
    await page.reload()
    await expect(page.locator("#codes-list")).to_have_count(0)
    assert code not in await page.content()
    await office.store.log_in("Noor", PASSWORD, code)
    await held.context.close()
