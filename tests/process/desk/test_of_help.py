"""Whether it was of help: asked once, as its caseworker wishes, and never in an emergency; counted, and kept with
nobody."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.dialogue.client import Engine
from bot.domain.model import CaseChange, EngineReply, EngineTurn, Urgency
from bot.storage.database.part import Person
from tests.process.desk.test_standing import asking
from tests.support.office import LOCKED_IN, Office, Visitor
from tests.support.plain import Old

WISHED = {"outcome": "helped", "of_help": True}


async def closed(office: Office, client: httpx.AsyncClient, **more: Any) -> tuple[Visitor, int]:
    """A person who asked for a caseworker and whose case was closed, and the id of the case."""
    person, _, case = await asking(office)
    await client.post(f"/desk/api/cases/{case}/claim")
    await end(client, case, **more)
    return person, case


async def end(client: httpx.AsyncClient, case: int, **more: Any) -> None:
    """Close a case as its caseworker, who wishes that the person is asked."""
    answer = await client.post(f"/desk/api/cases/{case}/close", json=WISHED | more)
    assert answer.status_code == 204, answer.text


async def texts(person: Visitor) -> list[object]:
    return [message["text"] for message in await person.messages()]


async def asked(office: Office, person: Visitor) -> int:
    return (await texts(person)).count(office.words.say("of_help.question", "en"))


async def offered(office: Office, person: Visitor) -> dict[str, str]:
    """The buttons of the question, by their label."""
    question = office.words.say("of_help.question", "en")
    [message] = [one for one in await person.messages() if one["text"] == question]
    choices: Any = message["choices"]
    return {choice["label"]: choice["token"] for choice in choices}


async def press(person: Visitor, token: str) -> None:
    body = {"id": str(uuid4()), "choice": token}
    assert (await person.http.post("/api/choices", json=body, headers=person.headers)).status_code == 202


async def opened_of(office: Office, person: Visitor) -> Person:
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    return opened


async def counted(office: Office) -> dict[tuple[str, str], int]:
    found = await office.store.figures("2026-11")
    return {of: count for of, count in found.items() if of[0].startswith("helped")}


async def test_an_answer_is_counted_once_and_stands_nowhere(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, _ = await closed(office, noor)
    assert (await texts(person))[-2:] == [office.words.say(key, "en") for key in ("handoff.closed", "of_help.question")]
    buttons = await offered(office, person)
    assert list(buttons) == ["Yes", "A little", "No"]
    before = await texts(person)
    for token in (buttons["A little"], buttons["A little"], buttons["No"]):
        await press(person, token)
    answered = [office.words.label("choices.answered", "en"), office.words.say("of_help.thanks", "en")]
    assert await texts(person) == before + answered
    assert await counted(office) == {("helped", "little"): 1, ("helped_language", "en:little"): 1}
    opened = await opened_of(office, person)
    [kept] = [message for message in await office.store.talk(opened) if message.text == answered[0]]
    assert kept.choice == {"command": "of_help"}, "who reads the talk learns that there was an answer"
    await person.forget()
    assert len(await counted(office)) == 2


async def test_it_may_be_left_and_the_talk_goes_on(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, _ = await closed(office, noor)
    await person.write("one more thing")
    await office.tasks.finish(120)
    assert await counted(office) == {}
    assert (await texts(person))[-2] == "one more thing"


@pytest.mark.parametrize("wish", [{}, {"of_help": False}])
async def test_only_as_the_caseworker_wishes(office: Office, wish: dict[str, bool]) -> None:
    noor = await office.caseworker("Noor")
    person, _, case = await asking(office)
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"} | wish)
    assert (await texts(person))[-1] == office.words.say("handoff.closed", "en")


async def test_not_while_it_is_an_emergency(office: Office) -> None:
    """And when its owner has seen that it is none any more, it may be asked."""
    noor = await office.caseworker("Noor")
    for urgency, times in ((None, 0), ("urgent", 1)):
        person, case = await office.emergency()
        await noor.post(f"/desk/api/cases/{case}/claim")
        if urgency:
            body = {"urgency": urgency, "reason": "person_safe"}
            assert (await noor.put(f"/desk/api/cases/{case}/urgency", json=body)).status_code == 204
        await end(noor, case)
        assert await asked(office, person) == times


@pytest.mark.parametrize("text", [LOCKED_IN, "one more thing"])
async def test_who_writes_in_this_moment_is_not_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    noor = await office.caseworker("Noor")
    person, _, case = await asking(office)
    await noor.post(f"/desk/api/cases/{case}/claim")
    close = office.store.close_case

    async def and_they_write(*given: Any, **more: Any) -> Any:
        ended = await close(*given, **more)
        await person.write(text)
        return ended

    monkeypatch.setattr(office.store, "close_case", and_they_write)
    await end(noor, case)
    assert await asked(office, person) == 0


async def test_once_in_a_conversation(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, first = await closed(office, noor)
    opened = await opened_of(office, person)
    await office.store.accept(opened, "2", "a person again", case=CaseChange(Urgency.NONE))
    again = await office.store.case_of(opened.conversation)
    assert again is not None and again.id != first
    await noor.post(f"/desk/api/cases/{again.id}/claim")
    await end(noor, again.id)
    assert await asked(office, person) == 1


async def test_a_late_answer_is_counted_while_a_caseworker_is_here(office: Office) -> None:
    """Its button stands in an old page; the program says nothing to it, and nothing is asked again."""
    noor = await office.caseworker("Noor")
    person, case = await closed(office, noor)
    buttons = await offered(office, person)
    assert (await noor.post(f"/desk/api/cases/{case}/reopen")).status_code == 200
    before = await texts(person)
    await press(person, buttons["Yes"])
    assert (await texts(person))[len(before) :] == [office.words.label("choices.answered", "en")]
    assert await counted(office) == {("helped", "yes"): 1, ("helped_language", "en:yes"): 1}


async def test_without_scripts(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, _ = await closed(office, noor)
    code = await office.store.renew_return_code(await opened_of(office, person))

    def by_hand() -> list[str]:
        phone = Old(office.url)
        phone.press("restore", code=code)
        return phone.choose("No").said("person")

    assert (await asyncio.to_thread(by_hand))[-1] == office.words.label("choices.answered", "en")
    assert await counted(office) == {("helped", "no"): 1, ("helped_language", "en:no"): 1}


async def test_yes_it_was_deletes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a caseworker came it was asked whether to delete the chat."""
    yes, no = {"intent": "affirm"}, {"intent": "deny"}

    async def message(_: Engine, alias: str, text: str, *__: object, **___: object) -> EngineTurn:
        if text == "yes":
            return EngineTurn("affirm", 1.0, (), ("forget",))
        return EngineTurn("delete_my_data", 1.0, (EngineReply("forget.question", choices=(yes, no)),))

    monkeypatch.setattr(Engine, "message", message)
    noor = await office.caseworker("Noor")
    person, _, case = await asking(office)
    await person.write("delete this")
    await office.tasks.finish(120)
    assert (await texts(person))[-1] == office.words.say("forget.question", "en")
    await noor.post(f"/desk/api/cases/{case}/claim")
    await end(noor, case)
    await person.write("yes")
    await office.tasks.finish(120)
    assert "yes" in await texts(person), "the talk is there"


async def test_what_a_coordinator_sees_of_it(office: Office) -> None:
    """By language from five on, and what is fewer is not even named."""
    noor = await office.caseworker("Noor")
    for number in range(6):
        person, _ = await closed(office, noor)
        if number == 5:
            await press(person, (await offered(office, person))["No"])
        else:
            await press(person, (await offered(office, person))["Yes"])
    found = (await noor.get("/desk/api/figures", params={"lang": "nl"})).json()
    lines = {kind: {line["key"]: line["count"] for line in table} for kind, table in found["tables"].items()}
    assert lines["helped"] == {"yes": 5, "little": None, "no": None}
    assert lines["helped_language"] == {"en:yes": 5, "other": None}
    assert found["answers"] == {"yes": "Ja", "little": "Een beetje", "no": "Nee"}
