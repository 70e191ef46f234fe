"""Ready replies that people keep, over HTTP."""

from __future__ import annotations

import pytest

from tests.process.desk.test_cases import code
from tests.support.desk import join
from tests.support.office import Office

TODAY = {"title": "Today", "text": "I am here until six.\nAnd tomorrow again.", "language": "en"}
PATH = "/desk/api/replies"


async def test_everybody_keeps_their_own(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    made = await jan.post(f"{PATH}/own", json=TODAY)
    assert made.status_code == 201
    name = made.json()["id"]
    assert (await jan.get(PATH)).json() == {"own": [TODAY | {"id": name}], "shared": []}
    assert (await noor.get(PATH)).json() == {"own": [], "shared": []}, "a coordinator sees none of it"
    for answer in (await noor.put(f"{PATH}/own/{name}", json=TODAY), await noor.delete(f"{PATH}/own/{name}")):
        assert code(answer) == (404, "not_found")
    changed = TODAY | {"title": "  To \n day ", "language": "fr-BE"}
    assert (await jan.put(f"{PATH}/own/{name}", json=changed)).status_code == 204
    [found] = (await jan.get(PATH)).json()["own"]
    assert (found["title"], found["text"], found["language"]) == ("To day", TODAY["text"], "fr")
    assert (await jan.delete(f"{PATH}/own/{name}")).status_code == 204
    assert (await jan.get(PATH)).json()["own"] == []


async def test_a_coordinator_keeps_those_of_the_organisation(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    made = (await noor.post(f"{PATH}/shared", json=TODAY)).json()["id"]
    assert (await jan.get(PATH)).json()["shared"] == [TODAY | {"id": made}]
    for answer in (
        await jan.post(f"{PATH}/shared", json=TODAY), await jan.put(f"{PATH}/shared/{made}", json=TODAY),
        await jan.delete(f"{PATH}/shared/{made}"),
    ):  # fmt: skip
        assert code(answer) == (403, "forbidden")
    there = await office.store.add_organisation("Another house")
    other = await join(office.store, office.clock, "Ada", office.colleagues[0].session, "coordinator", there)
    ada = office.browser()
    ada.cookies.set("desk", other.cookie, path="/desk")
    ada.headers["X-Desk-Token"] = other.session.csrf
    assert (await ada.get(PATH)).json()["shared"] == []
    assert code(await ada.delete(f"{PATH}/shared/{made}")) == (404, "not_found")
    assert (await noor.put(f"{PATH}/shared/{made}", json=TODAY | {"title": "Now"})).status_code == 204
    assert (await jan.get(PATH)).json()["shared"][0]["title"] == "Now"
    assert (await noor.delete(f"{PATH}/shared/{made}")).status_code == 204


@pytest.mark.parametrize("whose", ["own", "shared"])
async def test_what_is_no_reply_is_refused(office: Office, whose: str) -> None:
    noor = await office.caseworker("Noor")
    wrong = (
        {"title": ""}, {"title": " \n"}, {"title": "x" * 41}, {"text": ""}, {"text": "\x00"}, {"text": "x" * 601},
        {"language": "xx"}, {"id": "1"},
    )  # fmt: skip
    for change in wrong:
        assert (await noor.post(f"{PATH}/{whose}", json=TODAY | change)).status_code == 422, change
    for _ in range(60):
        longest = TODAY | {"title": "é" * 40, "text": "é" * 600}
        assert (await noor.post(f"{PATH}/{whose}", json=longest)).status_code == 201
    assert code(await noor.post(f"{PATH}/{whose}", json=TODAY)) == (409, "too_many_replies")
