"""The list of partner organisations, over HTTP."""

from __future__ import annotations

from tests.process.desk.test_cases import code
from tests.support.desk import join
from tests.support.office import Office

HOUSE = {"name": "House of women", "phone": "+32 2 555 01 01", "hours": "9-17", "languages": "fr", "note": "ask Ana"}


async def test_a_coordinator_keeps_the_list_and_everybody_reads_it(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    made = await noor.post("/desk/api/partners", json=HOUSE)
    assert made.status_code == 201
    await noor.post("/desk/api/partners", json={"name": "  Advice \n centre "})
    [advice, house] = (await jan.get("/desk/api/partners")).json()["partners"]
    assert (advice["name"], advice["phone"]) == ("Advice centre", "")
    assert house == HOUSE | {"id": made.json()["id"]}
    path = f"/desk/api/partners/{house['id']}"
    for answer in (
        await jan.post("/desk/api/partners", json=HOUSE), await jan.put(path, json=HOUSE), await jan.delete(path),
    ):  # fmt: skip
        assert code(answer) == (403, "forbidden")
    assert (await noor.put(path, json=HOUSE | {"phone": "1813"})).status_code == 204
    assert (await jan.get("/desk/api/partners")).json()["partners"][1]["phone"] == "1813"
    assert (await noor.delete(path)).status_code == 204
    assert code(await noor.delete(path)) == (404, "not_found")
    assert len((await jan.get("/desk/api/partners")).json()["partners"]) == 1


async def test_each_organisation_has_its_own(office: Office) -> None:
    noor = await office.caseworker("Noor")
    made = (await noor.post("/desk/api/partners", json=HOUSE)).json()["id"]
    there = await office.store.add_organisation("Another house")
    other = await join(office.store, office.clock, "Ada", office.colleagues[0].session, "coordinator", there)
    ada = office.browser()
    ada.cookies.set("desk", other.cookie, path="/desk")
    ada.headers["X-Desk-Token"] = other.session.csrf
    assert (await ada.get("/desk/api/partners")).json()["partners"] == []
    assert code(await ada.put(f"/desk/api/partners/{made}", json=HOUSE)) == (404, "not_found")
    assert code(await ada.delete(f"/desk/api/partners/{made}")) == (404, "not_found")
    assert len((await noor.get("/desk/api/partners")).json()["partners"]) == 1


async def test_what_is_no_organisation_is_refused(office: Office) -> None:
    noor = await office.caseworker("Noor")
    names = ("", " \n", "\x00", "x" * 121)
    for wrong in (*({"name": name} for name in names), {"phone": "1"}, HOUSE | {"id": 1}):
        assert (await noor.post("/desk/api/partners", json=wrong)).status_code == 422, wrong
    assert (await noor.get("/desk/api/partners")).json()["partners"] == []
