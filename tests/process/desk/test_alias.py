"""The name and the line that a person reads of a caseworker; without them all is as it was."""

from __future__ import annotations

import httpx
import pytest

from bot.content.catalogue import SEVERAL
from bot.domain.model import CaseChange, Urgency
from bot.storage.store import Alias
from tests.process.desk.test_cases import code
from tests.process.desk.test_standing import stands
from tests.support.desk import set_up
from tests.support.office import Office, Visitor

PATH = "/desk/api/alias"
LINE = "I speak Dutch and French."


async def told(person: Visitor) -> list[str]:
    """What the system has said to the person, but for what is said in danger."""
    return [str(m["text"]) for m in await person.messages() if m["from"] == "system" and "urgency" not in m]


async def shown_as(client: httpx.AsyncClient, name: str, line: str = "") -> None:
    assert (await client.put(PATH, json={"name": name, "line": line})).status_code == 204


@pytest.mark.parametrize("lang", ["en", "ar", "fr", None])
async def test_the_notice_and_the_status_have_the_name(office: Office, lang: str | None) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.get(PATH)).json() == {"name": "", "line": ""}
    await shown_as(noor, " Maria ", LINE)
    assert (await noor.get(PATH)).json() == {"name": "Maria", "line": LINE}
    person, case = await office.emergency(lang)
    assert "name" not in await stands(person)
    assert (await noor.post(f"/desk/api/cases/{case}/claim")).status_code == 200
    words, code_of = office.words, lang or SEVERAL
    joined = words.say("handoff.joined_named", code_of, name="Maria")
    said = words.say("handoff.in_their_words", lang or words.languages[0].code, name="Maria", line=LINE)
    assert (await told(person))[-1] == f"{joined}\n\n{said}"
    assert (await person.messages())[-1]["handoff"] == "owned"
    assert (await stands(person))["name"] == "Maria"
    read = (await noor.get(f"/desk/api/cases/{case}/messages", params={"lang": "nl"})).json()["messages"]
    own = words.say("handoff.joined_named", "nl", name="Maria")
    assert read[-1]["own"] == f"{own}\n\n{said}", "on the desk it is read in the desk's language"
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert len([text for text in await told(person) if text.startswith(joined)]) == 1, "told once"
    await shown_as(noor, "")
    assert "name" not in await stands(person)


async def test_without_a_name_all_is_as_it_was(office: Office) -> None:
    noor = await office.caseworker("Noor")
    await shown_as(noor, "", LINE)
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert (await told(person))[-1] == office.words.say("handoff.joined", "en")
    assert (await stands(person))["state"] == "here" and "name" not in await stands(person)


async def test_who_takes_over_is_named_and_who_had_it_no_more(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    await shown_as(noor, "Maria")
    person, case = await office.emergency("ro")
    await noor.post(f"/desk/api/cases/{case}/claim")
    await eva.get("/desk/api/colleagues")
    await office.store.at_desk(office.colleagues[1].id)
    await noor.post(f"/desk/api/cases/{case}/transfer", json={"to": office.colleagues[1].id})
    await shown_as(eva, "Lou", LINE)
    assert (await eva.post(f"/desk/api/cases/{case}/transfer/accept")).status_code == 200
    named = office.words.say("handoff.transferred_named", "ro", name="Lou")
    assert (await told(person))[-1].startswith(named + "\n\n")
    assert (await stands(person))["name"] == "Lou"
    await office.store.at_desk(office.colleagues[0].id)
    body = {"to": office.colleagues[0].id, "reason": "supervision"}
    assert (await noor.post(f"/desk/api/cases/{case}/assign", json=body)).status_code == 200
    assert (await told(person))[-1] == office.words.say("handoff.transferred_named", "ro", name="Maria")
    await noor.post(f"/desk/api/cases/{case}/release")
    assert "name" not in await stands(person)


async def test_what_may_not_stand_there_changes_nothing(office: Office) -> None:
    noor = await office.caseworker("Noor")
    await shown_as(noor, "Maria", LINE)
    for name, line in (("Police of the city", ""), ("Agent 7", ""), ("payoke.be", ""), ("Maria", "Call 0478")):
        assert code(await noor.put(PATH, json={"name": name, "line": line})) == (422, "not_a_name")
    assert (await noor.get(PATH)).json() == {"name": "Maria", "line": LINE}


async def test_who_is_invited_anew_begins_without_a_name(office: Office) -> None:
    await office.caseworker("Noor")
    jan = await office.caseworker("Jan")
    await shown_as(jan, "Maria")
    noor, mine = office.colleagues
    await office.store.set_active(mine.id, False, noor.session)
    again = (await office.store.desk_session(noor.cookie)) or noor.session
    await set_up(office.store, office.clock, await office.store.invite("Jan", again))
    assert await office.store.alias(mine.id) == Alias()


async def test_it_is_nobodys_but_the_owners(office: Office) -> None:
    """A colleague's name stands nowhere in a case that they do not have."""
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    await shown_as(eva, "Lou")
    person = await office.visitor()
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "1", "a person please", case=CaseChange(Urgency.NONE))
    [case] = await office.store.queue()
    await noor.post(f"/desk/api/cases/{case.id}/claim")
    assert "name" not in await stands(person)
    assert "Lou" not in str(await person.messages())


async def test_colleagues_know_who_that_is(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    await shown_as(jan, "Maria")
    _, case = await office.emergency()
    await jan.post(f"/desk/api/cases/{case}/claim")
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["owner_name"], row["owner_alias"]) == ("Jan", "Maria")
    [colleague] = (await noor.get("/desk/api/colleagues")).json()["colleagues"]
    assert (colleague["name"], colleague["alias"]) == ("Jan", "Maria")
    people = (await noor.get("/desk/api/people")).json()["people"]
    assert {one["name"]: one["alias"] for one in people} == {"Noor": "", "Jan": "Maria"}
    [opened] = (await noor.get("/desk/api/handover")).json()["open"]
    assert (opened["owner_name"], opened["owner_alias"]) == ("Jan", "Maria")
    await shown_as(jan, "")
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert row["owner_alias"] == ""
