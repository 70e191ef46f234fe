"""Passkeys in place of the code of the app: over HTTP, with an authenticator in software."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.security.passkeys import place_of
from tests.support.desk import PASSWORD
from tests.support.office import Office
from tests.support.passkey import PRESENT, VERIFIED, Passkey
from tests.support.siege import proof

PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def at_localhost(office: Office) -> str:
    """The office under a name: under a number browsers have no passkeys."""
    return f"http://localhost:{urlsplit(office.url).port}"


async def browser_of(office: Office, name: str | None = None) -> httpx.AsyncClient:
    """A browser at `localhost`, logged in as a new colleague."""
    here = at_localhost(office)
    client = httpx.AsyncClient(base_url=here, timeout=60, trust_env=False, headers={"Origin": here})
    office.clients.append(client)
    if name is not None:
        await office.caseworker(name)
        client.cookies.set("desk", office.colleagues[-1].cookie, path="/desk")
        client.headers["X-Desk-Token"] = office.colleagues[-1].session.csrf
    return client


def new_passkey(office: Office) -> Passkey:
    return Passkey(at_localhost(office), "localhost")


async def registered(office: Office, browser: httpx.AsyncClient, passkey: Passkey, name: str = "my phone") -> None:
    asked = await browser.post("/desk/api/factors/challenge")
    assert asked.status_code == 200, asked.text
    body = {"name": name, "passkey": passkey.made(asked.json())}
    answer = await browser.post("/desk/api/factors/passkeys", json=body)
    assert answer.status_code == 204, answer.text


async def asked(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.post("/desk/login/challenge")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def enters(browser: httpx.AsyncClient, signed: dict[str, Any], **other: str) -> httpx.Response:
    body = {"name": "Noor", "password": PASSWORD, "passkey": signed} | other
    answer = await browser.post("/desk/login", json=body)
    if answer.status_code != 428:
        return answer
    paid = {"Inloop-Proof": proof(answer.headers["Inloop-Challenge"])}  # as the page does, unseen
    return await browser.post("/desk/login", json=body, headers=paid)


@pytest.fixture
async def noor(office: Office) -> httpx.AsyncClient:
    return await browser_of(office, "Noor")


@pytest.fixture
async def passkey(office: Office, noor: httpx.AsyncClient) -> Passkey:
    made = new_passkey(office)
    await registered(office, noor, made)
    return made


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_from_registering_to_the_queue_and_out_again(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    (listed,) = (await noor.get("/desk/api/account")).json()["passkeys"]
    assert (listed["name"], listed["used_at"]) == ("my phone", None)
    browser = await browser_of(office)
    browser.headers["User-Agent"] = PHONE
    options = await asked(browser)
    assert options["rpId"] == "localhost" and options["userVerification"] == "required"
    assert options["allowCredentials"] == [], "nobody is told which passkeys there are"
    answer = await enters(browser, passkey.signed(options))
    assert answer.status_code == 200, answer.text
    assert (await browser.get("/desk/api/queue")).status_code == 200
    account = (await noor.get("/desk/api/account")).json()
    assert account["passkeys"][0]["used_at"] is not None
    assert "phone" in {one["device"] for one in account["sessions"]}
    removed = await noor.delete(f"/desk/api/factors/passkeys/{listed['id']}")
    assert removed.status_code == 204
    assert said(await enters(browser, passkey.signed(await asked(browser)))) == (401, "log_in_failed")
    rows = (await noor.get("/desk/api/audit")).json()["rows"]
    assert [row["deed"] for row in rows[:2]] == ["passkey_removed", "passkey_added"]


async def test_a_challenge_is_good_once_for_one_browser_and_three_minutes(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    browser, other = await browser_of(office), await browser_of(office)
    signed = passkey.signed(await asked(browser))
    assert said(await enters(other, signed)) == (409, "challenge_over"), "no attempt was begun there"
    await asked(other)
    assert said(await enters(other, signed)) == (409, "challenge_over"), "it was begun in another browser"
    assert (await enters(browser, signed)).status_code == 200
    assert said(await enters(browser, signed)) == (401, "log_in_failed"), "a second time"

    signed = passkey.signed(await asked(browser))
    assert said(await enters(browser, signed, password="another long sentence")) == (401, "log_in_failed")
    assert said(await enters(browser, signed)) == (401, "log_in_failed"), "handed in is used up, whatever came of it"

    late = passkey.signed(await asked(browser))
    office.clock.pass_by(minutes=3, seconds=1)
    assert said(await enters(browser, late)) == (409, "challenge_over")
    invented = passkey.signed({"challenge": "A" * 75})
    assert said(await enters(browser, invented)) == (409, "challenge_over")
    # one that was given out for something else
    for path in ("/desk/api/account/challenge", "/desk/api/factors/challenge"):
        noor.headers["X-Desk-Token"] = office.colleagues[0].session.csrf
        office.clock.pass_by(seconds=-181)  # the session is fresh again
        elsewhere = (await noor.post(path)).json()
        assert said(await enters(noor, passkey.signed(elsewhere))) == (409, "challenge_over"), path


async def test_what_is_wrong_with_a_passkey_and_a_name_that_nobody_has_get_the_same_answer(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    jan, browser = new_passkey(office), await browser_of(office)
    await registered(office, await browser_of(office, "Jan"), jan)
    stranger = replace(passkey, key=new_passkey(office).key)
    wrong = {
        "a name that nobody has": (passkey, {"name": "Nobody"}),
        "another's name": (passkey, {"name": "Jan"}),
        "another's passkey": (jan, {}),
        "a passkey that nobody has": (new_passkey(office), {}),
        "another key under its id": (stranger, {}),
        "another site": (replace(passkey, origin="https://evil.example"), {}),
        "another host": (replace(passkey, host="evil.example"), {}),
        "nobody was verified": (replace(passkey, flags=PRESENT), {}),
        "nobody was there": (replace(passkey, flags=VERIFIED), {}),
        "not the password": (passkey, {"password": "another long sentence"}),
    }
    answers = {}
    for what, (key, other) in wrong.items():
        office.clock.pass_by(seconds=61)  # whoever errs often waits: tested below
        signed = key.signed(await asked(browser))
        answer = await enters(browser, signed, **other)
        answers[what] = (answer.status_code, answer.text, "desk=" in answer.headers.get("Set-Cookie", ""))
    assert len(set(answers.values())) == 1, answers
    assert next(iter(answers.values()))[0] == 401
    office.clock.pass_by(seconds=61)
    assert (await enters(browser, passkey.signed(await asked(browser)))).status_code == 200


async def test_what_a_page_is_told_before_a_log_in_is_the_same_whatever_the_name(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    """No name goes along with the question at all, and what comes back differs in the challenge alone."""
    told = [await asked(await browser_of(office)) for _ in range(2)]
    assert told[0].pop("challenge") != told[1].pop("challenge")
    assert told[0] == told[1]


async def test_a_copy_that_counts_backwards_is_refused(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    browser = await browser_of(office)
    copy = replace(passkey)
    for _ in range(2):
        assert (await enters(browser, passkey.signed(await asked(browser)))).status_code == 200
    assert copy.count < passkey.count
    assert said(await enters(browser, copy.signed(await asked(browser)))) == (401, "log_in_failed")
    assert (await enters(browser, passkey.signed(await asked(browser)))).status_code == 200


async def test_guessing_with_passkeys_is_slowed_down_with_the_same_count_as_with_codes(office: Office) -> None:
    browser = await browser_of(office, "Noor")
    key, statuses = new_passkey(office), []
    for guess in range(7):
        if guess % 2:
            answer = await enters(browser, key.signed(await asked(browser)))
        else:
            body = {"name": "Noor", "password": PASSWORD, "code": "AAAA-BBBB-CCCC-DDDD" if guess % 4 else "000000"}
            answer = await browser.post("/desk/login", json=body)
        statuses.append(answer.status_code)
    assert statuses[:5] == [401] * 5 and statuses[-1] == 429


async def test_what_is_no_new_passkey_is_refused_and_changes_nothing(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    async def added(made: dict[str, Any], name: str = "another") -> tuple[int, str]:
        return said(await noor.post("/desk/api/factors/passkeys", json={"name": name, "passkey": made}))

    options = (await noor.post("/desk/api/factors/challenge")).json()
    assert [one["id"] for one in options["excludeCredentials"]] == [passkey.signed(options)["id"]]
    fresh = new_passkey(office)
    made = fresh.made(options)
    assert await added(made, "\u2060") == (422, "invalid")
    assert await added(made | {"response": made["response"] | {"attestationObject": "oA"}}) == (409, "passkey_refused")
    assert await added(made) == (409, "challenge_over"), "the challenge was used with the broken one"
    for wrong in (
        replace(fresh, origin="https://evil.example"), replace(fresh, host="evil.example"),
        replace(fresh, flags=PRESENT), passkey,
    ):
        options = (await noor.post("/desk/api/factors/challenge")).json()
        assert await added(wrong.made(options)) == (409, "passkey_refused")
    jan = await browser_of(office, "Jan")
    assert await added(fresh.made((await jan.post("/desk/api/factors/challenge")).json())) == (409, "challenge_over")
    assert len((await noor.get("/desk/api/account")).json()["passkeys"]) == 1


async def test_a_row_that_somebody_puts_into_the_database_is_no_passkey(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    """Bytes of another row, and of another caseworker's: they are bound to where they were."""
    from sqlalchemy import text as sql

    jan = await browser_of(office, "Jan")
    theirs = new_passkey(office)
    await registered(office, jan, theirs)
    async with office.store._db.write() as connection:
        await connection.execute(sql("UPDATE passkeys SET caseworker = 1"))
    assert [one["name"] for one in (await noor.get("/desk/api/account")).json()["passkeys"]] == ["my phone"]
    browser = await browser_of(office)
    assert said(await enters(browser, theirs.signed(await asked(browser)))) == (401, "log_in_failed")


async def test_a_passkey_gives_the_password_again_but_not_without_the_password(
    office: Office, noor: httpx.AsyncClient, passkey: Passkey
) -> None:
    office.clock.pass_by(minutes=6)
    refused = await noor.post("/desk/api/factors/recovery-codes")
    assert said(refused) == (403, "password_again")
    path = "/desk/api/account/confirm"
    options = (await noor.post("/desk/api/account/challenge")).json()
    wrong = {"password": "another long sentence", "passkey": passkey.signed(options)}
    assert said(await noor.post(path, json=wrong)) == (401, "log_in_failed")
    assert said(await noor.post(path, json={"passkey": passkey.signed(options)})) == (422, "invalid")
    options = (await noor.post("/desk/api/account/challenge")).json()
    given = await noor.post(path, json={"password": PASSWORD, "passkey": passkey.signed(options)})
    assert given.status_code == 204, given.text
    assert (await noor.post("/desk/api/factors/recovery-codes")).status_code == 201


async def test_under_a_number_there_are_no_passkeys_and_the_code_works_as_ever(office: Office) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.get("/desk/api/account")).json()["passkeys_here"] is False
    assert said(await noor.post("/desk/api/factors/challenge")) == (409, "no_passkeys_here")
    assert said(await noor.post("/desk/login/challenge")) == (409, "no_passkeys_here")
    assert 'id="passkey"' not in (await noor.get("/desk?lang=en")).text


@pytest.mark.parametrize(
    ("public_url", "host", "expected"),
    [
        ("https://chat.example.org", "127.0.0.1:8080", ("chat.example.org", "https://chat.example.org")),
        ("https://example.org/help/inloop/", "127.0.0.1:8080", ("example.org", "https://example.org")),
        ("https://Chat.Example.org:443", "evil.example", ("chat.example.org", "https://chat.example.org")),
        ("https://chat.example.org:8443", "x", ("chat.example.org", "https://chat.example.org:8443")),
        ("http://chat.example.org", "x", None),
        ("https://192.0.2.7", "x", None),
        ("https://[2001:db8::1]", "x", None),
        ("", "localhost:8080", ("localhost", "http://localhost:8080")),
        ("", "localhost", ("localhost", "http://localhost")),
        ("", "127.0.0.1:8080", None),
        ("", "[::1]:8080", None),
        ("", "evil.example", None),
        ("", "localhost:port", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_where_passkeys_are_good(public_url: str, host: str, expected: tuple[str, str] | None) -> None:
    place = place_of(public_url, host)
    assert (None if place is None else (place.host, place.origin)) == expected
