"""Getting in: a link, a password, a code. And what does not get in."""

from __future__ import annotations

import re

import httpx
import pyotp
import pytest
from fastapi.routing import APIRoute

from bot.storage.store import Knock, LogInFailed
from tests.support.desk import PASSWORD, join
from tests.support.office import Office
from tests.support.siege import proof


async def invited(office: Office, name: str = "Noor") -> str:
    secret = await office.store.invite_first(name)
    assert secret is not None
    return secret


def enrolment(office: Office, totp: pyotp.TOTP) -> dict[str, str]:
    return {"password": PASSWORD, "totp_secret": totp.secret, "code": totp.at(office.clock())}


async def test_from_the_link_to_the_queue(office: Office) -> None:
    secret, browser = await invited(office), office.browser()
    page = await browser.get(f"/desk/invite/{secret}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    totp = pyotp.TOTP(re.search(r'id="totp" value="([A-Z2-7]+)"', page.text).group(1))  # type: ignore[union-attr]
    assert "data:image/svg+xml" in page.text
    assert (await browser.post(f"/desk/invite/{secret}", json=enrolment(office, totp))).status_code == 200
    office.clock.pass_by(seconds=30)
    code = totp.at(office.clock())
    answer = await browser.post(
        "/desk/login", json={"name": "noor", "password": PASSWORD, "code": f"{code[:3]} {code[3:]}"}
    )
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/desk" in cookie
    who = await browser.get("/desk/api/session")
    assert who.json()["name"] == "Noor" and who.json()["token"] == answer.json()["token"]
    assert (await browser.get("/desk/api/queue")).json() == {"cases": []}


async def test_a_link_works_once_and_looking_at_it_uses_nothing_up(office: Office) -> None:
    secret, browser = await invited(office), office.browser()
    for _ in range(3):
        assert (await browser.get(f"/desk/invite/{secret}")).status_code == 200
    totp = pyotp.TOTP(pyotp.random_base32())
    assert (await browser.post(f"/desk/invite/{secret}", json=enrolment(office, totp))).status_code == 200
    again = await browser.post(f"/desk/invite/{secret}", json=enrolment(office, totp))
    assert (again.status_code, again.json()["error"]["code"]) == (409, "invite_refused")
    assert (await browser.get(f"/desk/invite/{secret}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"code": "000000"}, 409),
        ({"password": "short"}, 422),
        ({"totp_secret": "not base 32"}, 422),
    ],
)
async def test_a_refused_enrolment_leaves_the_link_as_it_was(
    office: Office, change: dict[str, str], status: int
) -> None:
    secret, browser = await invited(office), office.browser()
    totp = pyotp.TOTP(pyotp.random_base32())
    refused = await browser.post(f"/desk/invite/{secret}", json=enrolment(office, totp) | change)
    assert refused.status_code == status
    assert (await browser.post(f"/desk/invite/{secret}", json=enrolment(office, totp))).status_code == 200


@pytest.mark.parametrize("name", ["\x00", "\u200e\u2060", "\ufdfa" * 9, "x" * 81, " "], ids=ascii)
async def test_nobody_is_invited_under_a_name_that_cannot_be_shown(office: Office, name: str) -> None:
    noor = await office.caseworker("Noor")
    answer = await noor.post("/desk/api/invites", json={"name": name})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_a_link_ends_after_two_days(office: Office) -> None:
    secret = await invited(office)
    office.clock.pass_by(hours=49)
    assert (await office.browser().get(f"/desk/invite/{secret}")).status_code == 404


async def test_every_wrong_log_in_gets_the_same_answer(office: Office) -> None:
    noor = await join(office.store, office.clock, "Noor")
    office.clock.pass_by(seconds=30)
    right = {"name": "Noor", "password": PASSWORD, "code": noor.totp.at(office.clock())}
    browser = office.browser()
    answers = [
        await browser.post("/desk/login", json=right | wrong)
        for wrong in ({"name": "Nobody"}, {"password": "another long sentence"}, {"code": "000000"})
    ]
    assert {a.status_code for a in answers} == {401}
    assert len({a.text for a in answers}) == 1
    assert not any("Set-Cookie" in a.headers for a in answers)
    assert (await browser.post("/desk/login", json=right)).status_code == 200
    assert (await browser.post("/desk/login", json=right)).status_code == 401, "a code is good once"


async def test_guessing_is_slowed_down(office: Office) -> None:
    await join(office.store, office.clock, "Noor")
    guess = {"name": "Noor", "password": "another long sentence", "code": "000000"}
    answers = [await office.browser().post("/desk/login", json=guess) for _ in range(7)]
    slow = next(a for a in answers if a.status_code == 429)
    assert int(slow.headers["Retry-After"]) >= 1
    assert slow.json()["error"]["code"] == "too_many"


async def test_a_name_that_strangers_fail_at_costs_strangers_work_and_nobody_a_wait(office: Office) -> None:
    noor = await join(office.store, office.clock, "Noor")
    known, stranger = office.browser(), office.browser()

    async def enters(browser: httpx.AsyncClient, name: str = "Noor", **headers: str) -> httpx.Response:
        office.clock.pass_by(seconds=30)
        right = {"name": name, "password": PASSWORD, "code": noor.totp.at(office.clock())}
        return await browser.post("/desk/login", json=right, headers=headers)

    assert (await enters(known)).status_code == 200
    assert "noor" not in known.cookies["desk-device"].lower()
    for name in ("Noor", "Nobody"):
        for _ in range(30):  # from everywhere
            with pytest.raises(LogInFailed):
                await office.store.log_in(name, "guess guess guess", "123456", Knock(paid=True))
        asked = await enters(stranger, name)
        assert (asked.status_code, asked.json()["error"]["code"]) == (428, "work")
    assert (await enters(known)).status_code == 200
    paid = proof((await enters(stranger)).headers["Inloop-Challenge"])
    assert (await enters(stranger, **{"Inloop-Proof": paid})).status_code == 200
    assert (await enters(stranger)).status_code == 200, "it is known now"


def api_routes(office: Office) -> list[tuple[str, str]]:
    """Every route under `/desk/api`, from what is served; numbers in place of parameters."""
    paths = office.app.openapi()["paths"]
    found = [
        (method.upper(), re.sub(r"\{[^}]*\}", "1", path))
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/desk/api")
    ]
    assert len(found) >= 10
    return found


BODIES = {
    "messages": {"id": "5d6e2f0c-3b0a-4d0a-9f0e-0f5a3c1c8a11", "text": "hello"},
    "seen": {"seq": 1},
    "close": {"outcome": "helped"},
    "invites": {"name": "Eva"},
    "language": {"language": "fr"},
}


async def asked(client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
    body = BODIES.get(path.rsplit("/", 1)[1]) if method in {"POST", "PUT"} else None
    return await client.request(method, path, json=body, **more)  # type: ignore[arg-type]


async def test_nothing_of_the_desk_opens_without_a_session(office: Office) -> None:
    await join(office.store, office.clock, "Noor")
    routes = api_routes(office)
    assert len(routes) >= 20
    for method, path in routes:
        for cookies in ({}, {"desk": "A" * 43}):
            browser = office.browser()
            browser.cookies.update(cookies)
            answer = await asked(browser, method, path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized"), (
                method,
                path,
            )


async def test_no_change_without_the_sessions_token_or_from_another_site(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    token = noor.headers.pop("X-Desk-Token")
    changes = [(m, p) for m, p in api_routes(office) if m not in {"GET", "HEAD"}]
    assert len(changes) >= 7
    refused: list[dict[str, str]] = [
        {},
        {"X-Desk-Token": token[:-1]},
        {"X-Desk-Token": token, "Origin": "https://evil.example"},
        {"X-Desk-Token": token, "Origin": "null"},
    ]
    for method, path in changes:
        for headers in refused:
            answer = await asked(noor, method, path, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), (
                method,
                path,
                headers,
            )
    before = await office.store.case(case)
    assert before is not None and before.owner is None
    allowed = {"X-Desk-Token": token, "Origin": office.url}
    assert (await noor.post(f"/desk/api/cases/{case}/claim", headers=allowed)).status_code == 200


async def test_another_site_cannot_log_somebody_in(office: Office) -> None:
    body = {"name": "Noor", "password": PASSWORD, "code": "123456"}
    answer = await office.browser().post("/desk/login", json=body, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_logging_out_ends_the_session_everywhere(office: Office) -> None:
    noor = await office.caseworker("Noor")
    other = office.browser()
    other.cookies.set("desk", office.colleagues[0].cookie, path="/desk")
    assert (await other.get("/desk/api/session")).status_code == 200
    assert (await noor.delete("/desk/api/session")).status_code == 204
    assert (await other.get("/desk/api/session")).status_code == 401


async def test_an_idle_session_ends(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(3):
        office.clock.pass_by(minutes=29)
        assert (await noor.post("/desk/api/session/here")).status_code == 204
    office.clock.pass_by(minutes=31)
    assert (await noor.get("/desk/api/session")).status_code == 401


async def test_the_page_speaks_the_browsers_language_or_the_one_asked_for(office: Office) -> None:
    browser = office.browser()
    french = await browser.get("/desk", headers={"Accept-Language": "xx, fr-BE;q=0.8"})
    assert '<html lang="fr">' in french.text
    dutch = await browser.get("/desk?lang=nl", headers={"Accept-Language": "fr"})
    assert '<html lang="nl">' in dutch.text and office.words.label("desk.login", "nl") in dutch.text


async def test_a_caseworkers_language_is_remembered(office: Office) -> None:
    noor = await office.caseworker("Noor")
    answer = await noor.put("/desk/api/session/language", json={"language": "fr"})
    assert answer.status_code == 204
    assert (await noor.get("/desk/api/session")).json()["language"] == "fr"


async def test_every_route_under_the_desk_is_known_to_these_tests(office: Office) -> None:
    """A route that is hidden from the schema would escape the tests above."""
    hidden = {
        route.path
        for route in office.app.routes
        if isinstance(route, APIRoute) and route.path.startswith("/desk") and not route.include_in_schema
    }
    assert hidden <= {"/desk", "/desk/manage", "/desk/invite/{secret}"}
