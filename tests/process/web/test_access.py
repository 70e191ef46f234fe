"""Who may do what: every route and method of the real app, times every role, times the own and another's case.

The list of routes is the app's own. A route that is not in `RULES` fails, and so does a rule without a route.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from bot import bootstrap as wiring
from bot.domain.model import Case, CaseChange, Handoff, Urgency
from tests.support.access_rules import (
    ANYBODY,
    BY_NUMBER,
    CHANGES,
    COORDINATOR,
    DESK,
    EITHER,
    METHODS,
    MOUNTED,
    NO_TOKEN,
    OWNER,
    PERSON,
    RULES,
    asks_again,
    body,
)
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join
from tests.support.house import served


def routes(found: list[BaseRoute], prefix: str = "") -> set[tuple[str, str]]:
    """Every method and path, also of routers within routers."""
    all_of = set()
    for route in found:
        if isinstance(route, Mount):
            assert route.path in MOUNTED, f"{route.path} is mounted and has no rule"
        elif hasattr(route, "methods"):
            skipped = {"HEAD"} if isinstance(route, APIRoute) else set()
            all_of |= {(method, prefix + route.path) for method in set(route.methods or ()) - skipped}
        else:
            inner = getattr(route, "original_router", None)  # how FastAPI keeps a router that is included
            assert inner is not None, f"{route!r} is a kind of route that this test does not know"
            context = route.include_context  # type: ignore[attr-defined]
            all_of |= routes(inner.routes, prefix + context.prefix)
    return all_of


@dataclass
class House:
    """The real app on loopback, with everybody who may come to its door."""

    url: str
    parts: wiring.Parts
    clock: Clock
    owner: Colleague
    coordinator: Colleague
    other: Colleague
    stranger: Colleague
    """A coordinator of another organisation."""
    linked: str = ""
    """The number of a case that others can be linked with."""

    async def new_case(self, owner: Colleague | None) -> tuple[Case, str]:
        """A case (of `owner`, or waiting), and the token of its person."""
        new = await self.parts.store.create_conversation("en")
        await self.parts.store.accept(new.person, "a", "help", case=CaseChange(Urgency.EMERGENCY))
        case = await self.parts.store.case_of(new.person.conversation)
        assert case is not None
        return (await self.parts.store.claim(case.id, owner.id) if owner else case), new.token

    async def send(
        self, method: str, path: str, role: str, case: int, *, forged: str = "", code: bool = False
    ) -> Any:
        """The status of a request; a stream is left at its head. `forged`: without the session's `token`, or from the
        `origin` of another site: each alone is to be refused. `code`: the code of its error in place of the status;
        None without one."""
        await self.parts.store.at_desk(self.coordinator.id)  # to whom a case can be offered
        headers, cookies = {}, {}
        colleague = {
            "owner": self.owner, "coordinator": self.coordinator, "other": self.other, "stranger": self.stranger,
        }.get(role)  # fmt: skip
        if role == "person":
            token = (await self.parts.store.create_conversation("en")).token
            headers["Authorization"] = f"Bearer {token}"
        elif colleague is not None:
            cookies["desk"] = await self.cookie(colleague)
            headers["X-Desk-Token"] = (await self.session(cookies["desk"])).csrf
        if forged == "token":
            headers.pop("X-Desk-Token", None)
        elif forged == "origin":
            headers["Origin"] = "https://evil.example"
        address = path.format(
            case_id=case, number=case, secret="x" * 43, token="x" * 43, lang="en", own="nl", override=1,
            caseworker=self.other.id, one="0" * 16, name="0" * 32, page="accessibility", invite="0" * 16,
            partner=1, reply_id=1,
        )  # fmt: skip
        async with (
            httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=120, trust_env=False, verify=False) as client,
            client.stream(method, address, json=body(method, path, self.linked), headers=headers) as answer,
        ):
            if not code:
                return answer.status_code
            said = await answer.aread() if answer.status_code >= 400 else b"{}"
            return json.loads(said).get("error", {}).get("code")

    async def cookie(self, colleague: Colleague) -> str:
        """A session that is still valid: a probe may have ended the one before."""
        if await self.parts.store.desk_session(colleague.cookie) is None:
            self.clock.pass_by(seconds=60)
            code = colleague.totp.at(self.clock())
            cookie, session = await self.parts.store.log_in(colleague.name, PASSWORD, code)
            renewed = Colleague(colleague.name, colleague.totp, cookie, session)
            for place in ("owner", "coordinator", "other", "stranger"):
                if getattr(self, place).name == colleague.name:
                    setattr(self, place, renewed)
            return cookie
        return colleague.cookie

    async def session(self, cookie: str) -> Any:
        session = await self.parts.store.desk_session(cookie)
        assert session is not None
        return session



@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = Clock()
    async with served(tmp_path, clock) as (url, parts):
        coordinator = await join(parts.store, clock, "Coordinator")
        owner, other = [await join(parts.store, clock, name, coordinator.session) for name in ("Owner", "Other")]
        there = await parts.store.add_organisation("Another house")
        stranger = await join(parts.store, clock, "Stranger", coordinator.session, "coordinator", there)
        made = House(url, parts, clock, owner, coordinator, other, stranger)
        made.linked = (await made.new_case(other))[0].number
        yield made


async def test_every_route_has_a_rule_and_every_rule_a_route(house: House) -> None:
    assert routes(house.parts.app.routes) == set(RULES)


async def test_nobody_comes_in_where_they_may_not(house: House) -> None:
    """Every route times every role, on a case of `owner` and on one that waits: all the wrong ones are refused, and
    none of it has changed anything."""
    (owned, token), (waiting, _) = await house.new_case(house.owner), await house.new_case(None)
    wrong = []
    for (method, path), rule in RULES.items():
        for role in ("nobody", "person", "owner", "coordinator", "other"):
            for case in (owned.id, waiting.id):
                if rule == ANYBODY or (rule == PERSON and role == "person"):
                    continue
                if rule in {DESK, BY_NUMBER} and role not in {"nobody", "person"}:
                    continue
                if rule == COORDINATOR and role == "coordinator":
                    continue
                allowed = {OWNER: {"owner"}, EITHER: {"owner", "coordinator"}}.get(rule, set())
                if role in allowed and case == owned.id:
                    continue
                known = role not in {"nobody", "person"}
                expected = {OWNER: 409, EITHER: 409, COORDINATOR: 403}.get(rule, 401) if known else 401
                status = await house.send(method, path, role, case)
                if status != expected:
                    wrong.append((method, path, role, case, status))
    assert wrong == []
    store = house.parts.store
    now, then = await store.case(owned.id), await store.case(waiting.id)
    assert now is not None
    assert then is not None
    assert (now.state, now.owner, then.state, then.owner) == (Handoff.OWNED, house.owner.id, Handoff.WAITING, None)
    person = await store.open_by_token(token)
    assert person is not None
    assert len(await store.messages(person)) == 1, "nothing was said"


async def test_who_may_come_in_does(house: House) -> None:
    wrong = []
    for (method, path), rule in RULES.items():
        if rule == BY_NUMBER:
            continue
        alone = {ANYBODY: ("nobody",), PERSON: ("person",), OWNER: ("owner",), COORDINATOR: ("coordinator",)}
        alone |= {EITHER: ("owner", "coordinator")}
        roles = alone.get(rule, ("owner", "coordinator", "other"))
        for role in roles:
            case, _ = await house.new_case(house.owner if rule in {OWNER, EITHER} else None)
            status = await house.send(method, path, role, case.id)
            # without the secret of a link, a code or a password, there is nothing behind the public doors
            public = {200, 201, 303} if method == "GET" or path == "/api/conversations" else {200, 401, 404, 409}
            off = ("/embed.js", "/words/{lang}/picture")  # no site is named, and no pictures are taken
            hidden = "{secret}" in path or "{token}" in path or path in off
            public |= {404} if hidden else set()
            good = public if rule == ANYBODY else {422} if path == "/api/choices" else {200, 201, 202, 204}
            # nobody waits, no such number
            unknown = ("/{one}", "/{invite}", "/{partner}", "/{reply_id}", "/own/{name}", "/held/{name}")
            nothing = path.endswith(("/confirm", "/looks", *unknown))
            good |= {404} if nothing else set()
            good |= {409} if path.endswith(("/passkeys", "/challenge", "/phones")) else set()  # no name, no keys
            good |= {401} if path.endswith("/account/confirm") else set()  # not the password
            if status not in good:
                wrong.append((method, path, role, status))
    assert wrong == []


async def test_a_case_of_a_colleague_cannot_be_claimed_by_anybody(house: House) -> None:
    case, _ = await house.new_case(house.owner)
    for role in ("coordinator", "other"):
        assert await house.send("POST", "/desk/api/cases/{case_id}/claim", role, case.id) == 409
    assert await house.send("POST", "/desk/api/cases/{case_id}/claim", "owner", case.id) == 200


async def test_another_organisation_has_nothing_to_do_with_a_case(house: House) -> None:
    """Every route of a case, and every one about people, for a coordinator of another organisation: of a case that is
    owned, that waits and that is closed here, and of people here."""
    store = house.parts.store
    (owned, _), (waiting, _), (closed, _) = [await house.new_case(who) for who in (house.owner, None, house.owner)]
    await store.close_case(closed.id, house.owner.id, "helped")
    wrong = []
    for method, path in RULES:
        if "{case_id}" in path:
            for case in (owned, waiting, closed):
                status = await house.send(method, path, "stranger", case.id)
                if status != 409:
                    wrong.append((method, path, case.state, status))
        elif "{number}" in path:
            status = await house.send(method, path, "stranger", waiting.id)
            if status != 404:
                wrong.append((method, path, status))
        elif "{caseworker}" in path:
            status = await house.send(method, path, "stranger", 1)
            if status != 404:
                wrong.append((method, path, status))
    assert wrong == []
    cookies = {"desk": await house.cookie(house.stranger)}
    headers = {"X-Desk-Token": (await house.session(cookies["desk"])).csrf}
    async with httpx.AsyncClient(
        base_url=house.url, cookies=cookies, headers=headers, trust_env=False, verify=False
    ) as client:
        for path in ("queue", "closed", "follow-ups", "people", "audit", "rota", "colleagues"):
            answer = await client.get(f"/desk/api/{path}")
            assert answer.status_code == 200
            seen = {case.number for case in (owned, waiting, closed)} | {"Owner", "Other"}
            assert not [name for name in seen if name in answer.text], path
        for path, more in (("looks", {}), ("exports", {"form": "page"})):
            for case in (owned, waiting, closed):
                asked = {"number": case.number, "reason": "supervision", **more}
                assert (await client.post(f"/desk/api/{path}", json=asked)).status_code == 404
    now = [await store.case(case.id) for case in (owned, waiting, closed)]
    assert [(case.state, case.organisation) for case in now if case] == [
        (Handoff.OWNED, 1), (Handoff.WAITING, 1), (Handoff.CLOSED, 1),
    ]  # fmt: skip


async def test_another_site_can_change_nothing_with_a_caseworkers_cookie(house: House) -> None:
    case, _ = await house.new_case(house.owner)
    for (method, path), rule in RULES.items():
        if rule in {DESK, OWNER, COORDINATOR, BY_NUMBER} and method in CHANGES:
            for what in ("origin",) if (method, path) in NO_TOKEN else ("token", "origin"):
                assert await house.send(method, path, "owner", case.id, forged=what) == 403, (method, path, what)
    for path in ("/desk/login", "/desk/invite/{secret}"):
        assert await house.send("POST", path, "nobody", 1, forged="origin") == 403, path


async def test_what_is_dangerous_asks_for_the_password_again_and_nothing_else_does(house: House) -> None:
    """Made from the rules: a new route of that kind that does not ask fails, and so does one at which somebody at two
    in the morning would be asked for nothing."""
    wrong = []
    assert {path for method, path in RULES if asks_again(method, path)} >= {
        "/desk/api/invites", "/desk/api/exports", "/desk/api/people/{caseworker}/role",
        "/desk/api/factors/recovery-codes", "/desk/api/factors/passkeys",
    }  # fmt: skip
    for (method, path), rule in RULES.items():
        if rule not in {DESK, OWNER, COORDINATOR, BY_NUMBER} or path == "/desk/api/events":
            continue
        role = "coordinator" if rule in {COORDINATOR, BY_NUMBER} else "owner"
        case, _ = await house.new_case(house.owner if rule in {OWNER, EITHER} else None)
        await house.cookie(getattr(house, role))  # a session, if the last probe has ended it
        house.clock.pass_by(minutes=6)
        refused = await house.send(method, path, role, case.id, code=True) == "password_again"
        if refused != asks_again(method, path):
            wrong.append((method, path, role, refused))
    assert wrong == []


async def test_no_path_has_a_method_that_is_not_named(house: House) -> None:
    for path in sorted({path for _, path in RULES}):
        for method in METHODS:
            if (method, path) not in RULES:
                assert await house.send(method, path, "owner", 1) == 405, (method, path)
    assert await house.send("GET", "/docs", "owner", 1) == 404


async def test_a_token_shows_its_own_conversation_alone(house: House) -> None:
    (_, one), (_, two) = await house.new_case(None), await house.new_case(None)
    async with httpx.AsyncClient(base_url=house.url, trust_env=False, verify=False) as client:
        sent = {"id": str(uuid4()), "text": "only mine"}
        await client.post("/api/messages", json=sent, headers={"Authorization": f"Bearer {one}"})
        for token, there in ((one, True), (two, False)):
            headers = {"Authorization": f"Bearer {token}"}
            found = (await client.get("/api/messages", headers=headers)).json()["messages"]
            assert any(message["text"] == "only mine" for message in found) is there
        for broken in (one[:-1], one + "x", one.swapcase(), "x", "null", "?" * 5000):
            answer = await client.get("/api/messages", headers={"Authorization": f"Bearer {broken}"})
            assert answer.status_code == 401
