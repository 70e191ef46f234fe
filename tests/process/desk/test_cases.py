"""Taking a case, reading, replying, giving it back, closing it: over HTTP, seen from both sides."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from bot.domain.forms import Form, Sheet
from bot.domain.model import CaseChange, Urgency
from tests.support.office import LOCKED_IN, Office


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def reply(client: httpx.AsyncClient, case: int, text: str, name: str | None = None) -> httpx.Response:
    body = {"id": name or str(uuid4()), "text": text}
    return await client.post(f"/desk/api/cases/{case}/messages", json=body)


async def test_the_queue_tells_who_is_in_danger_and_why(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency("fr")
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert row["id"] == case
    assert (row["state"], row["urgency"], row["language"]) == ("waiting", "emergency", "fr")
    assert row["signals"] == ["confined"] and row["readable"]
    assert row["owner"] is None and row["unread"] == 1
    assert LOCKED_IN not in str(row), "who wants to read it takes it"


async def test_the_queue_tells_nobody_what_a_person_wrote(office: Office) -> None:
    noor, omar = await office.caseworker("Noor"), await office.caseworker("Omar")
    _, case = await office.emergency()
    assert LOCKED_IN not in (await noor.get("/desk/api/queue")).text
    assert (await noor.post(f"/desk/api/cases/{case}/claim")).status_code == 200
    assert LOCKED_IN not in (await omar.get("/desk/api/queue")).text
    found = (await noor.get(f"/desk/api/cases/{case}/messages")).json()
    [alarm] = found["alarms"]
    assert [m["text"] for m in found["messages"] if m["seq"] == alarm] == [LOCKED_IN]
    assert code(await omar.get(f"/desk/api/cases/{case}/messages")) == (409, "not_owner")


async def test_an_emergency_rings_on_every_desk_until_somebody_has_heard_it(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    person, case = await office.emergency()

    async def rings(client: httpx.AsyncClient) -> bool:
        [row] = (await client.get("/desk/api/queue")).json()["cases"]
        assert isinstance(row["unheard"], bool)
        return row["unheard"]

    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    heard = f"/desk/api/cases/{row['number']}/heard"
    assert (await rings(noor), await rings(eva)) == (True, True)
    assert (await eva.post(heard)).status_code == 204
    assert (await rings(noor), await rings(eva)) == (False, False), "also after a reload, which reads the same"
    assert (await eva.post(heard)).status_code == 204, "once more is no error"
    stored = await office.store.case(case)
    assert stored is not None and stored.owner is None
    assert (await office.store.ladders())[0].acknowledged is False, "whoever is on call is called all the same"
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.post(f"/desk/api/cases/{case}/release")
    assert await rings(eva), "it waits again"
    assert (await noor.post(f"/desk/api/cases/{case}/heard")).status_code == 204, "the id is as good as the number"
    assert not await rings(eva)
    await person.forget()
    assert code(await noor.post("/desk/api/cases/ZZ-ZZZ/heard")) == (404, "not_found")


async def test_what_becomes_an_emergency_in_somebodys_hands_rings_for_them_alone(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    person = await office.visitor()
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "1", "a person please", case=CaseChange(Urgency.NONE))
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert row["unheard"] is False, "only emergencies ring"
    await noor.post(f"/desk/api/cases/{row['id']}/claim")
    await person.write(LOCKED_IN)
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["urgency"], row["unheard"]) == ("emergency", True)
    heard = f"/desk/api/cases/{row['number']}/heard"
    assert code(await eva.post(heard)) == (409, "not_owner"), "nobody else silences it"
    assert (await noor.post(heard)).status_code == 204
    assert (await noor.get("/desk/api/queue")).json()["cases"][0]["unheard"] is False


async def test_an_owner_who_answers_has_heard_it(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person = await office.visitor()
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "1", "a person please", case=CaseChange(Urgency.NONE))
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    await noor.post(f"/desk/api/cases/{row['id']}/claim")
    await person.write(LOCKED_IN)
    await reply(noor, row["id"], "I am with you")
    assert (await noor.get("/desk/api/queue")).json()["cases"][0]["unheard"] is False


async def test_two_who_claim_in_the_same_moment(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    for _ in range(5):
        _, case = await office.emergency()
        path = f"/desk/api/cases/{case}/claim"
        answers = await asyncio.gather(*(client.post(path) for client in (noor, eva)))
        won, lost = sorted(answers, key=lambda a: a.status_code)
        assert won.status_code == 200
        assert code(lost) == (409, "claimed_by_other")
        owner = won.json()["owner_name"]
        assert lost.json()["error"]["owner"] == owner and owner in lost.json()["error"]["message"]
        stored = await office.store.case(case)
        assert stored is not None and stored.owner_name == owner


async def test_who_does_not_own_a_case_sees_its_row_and_nothing_else(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"

    async def refused(client: httpx.AsyncClient) -> set[tuple[int, str]]:
        return {
            code(await client.get(f"{path}/messages")),
            code(await reply(client, case, "Hello")),
            code(await client.post(f"{path}/seen", json={"seq": 1})),
            code(await client.post(f"{path}/release")),
            code(await client.post(f"{path}/close", json={"outcome": "helped"})),
        }

    assert await refused(noor) == {(409, "not_owner")}, (
        "nobody reads along unseen, not even before it is taken"
    )
    assert (await noor.post(f"{path}/claim")).status_code == 200
    assert await refused(eva) == {(409, "not_owner")}
    [row] = (await eva.get("/desk/api/queue")).json()["cases"]
    assert row["owner_name"] == "Noor"


async def test_what_a_person_answered_stands_on_top_in_the_caseworkers_language(office: Office) -> None:
    noor = await office.caseworker("Noor")
    new = await office.store.create_conversation("ro")
    form = Form("report", "when", {"danger": "no", "what": "told", "where": "skip"})
    sheet = Sheet(form, {"report.what": "patru oameni"}, {"report": form.answers})
    await office.store.accept(new.person, "1", "patru oameni")
    await office.store.answer(new.person, 1, [], case=CaseChange(Urgency.NONE), sheet=sheet)
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert row["kind"] == "report" and "patru" not in str(row)
    path = f"/desk/api/cases/{row['id']}"
    assert code(await noor.get(f"{path}/messages")) == (409, "not_owner")
    await noor.post(f"{path}/claim")
    [part] = (await noor.get(f"{path}/messages", params={"lang": "fr"})).json()["told"]
    assert (part["form"], part["title"]) == ("report", "Signalement")
    assert [(line["label"], line["text"], line["own_words"]) for line in part["lines"]] == [
        ("Danger maintenant", "Non", False),
        ("Quoi", "patru oameni", True),
        ("Où", "Passer", False),
    ]
    unshared = Sheet(words={"self_check.x": "not told"}, told={})
    other = await office.store.create_conversation("ro")
    await office.store.accept(other.person, "1", "salut", case=CaseChange(Urgency.NONE))
    await office.store.answer(other.person, 1, [], sheet=unshared)
    second = next(r for r in (await noor.get("/desk/api/queue")).json()["cases"] if r["id"] != row["id"])
    assert second["kind"] == "talk"
    await noor.post(f"/desk/api/cases/{second['id']}/claim")
    assert (await noor.get(f"/desk/api/cases/{second['id']}/messages")).json()["told"] == []


async def test_a_case_that_does_not_exist(office: Office) -> None:
    noor = await office.caseworker("Noor")
    assert code(await noor.post("/desk/api/cases/77/claim")) == (404, "not_found")
    assert code(await noor.get("/desk/api/cases/77/messages")) == (404, "not_found")


async def test_the_person_and_the_caseworker_talk(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    joined = office.words.say("handoff.joined", "en")
    assert [m["text"] for m in await person.messages()].count(joined) == 1
    name = str(uuid4())
    first, again = (
        await reply(noor, case, "Are you alone?", name),
        await reply(noor, case, "Are you alone?", name),
    )
    assert first.status_code == again.status_code == 202 and first.json() == again.json()
    await person.write("yes, they are asleep")
    seen = await person.messages()
    assert [m["text"] for m in seen if m["from"] == "caseworker"] == ["Are you alone?"]
    talk = (await noor.get(f"/desk/api/cases/{case}/messages")).json()["messages"]
    assert [m["text"] for m in talk if m["from"] == "person"] == [LOCKED_IN, "yes, they are asleep"]
    later = await noor.get(f"/desk/api/cases/{case}/messages", params={"after": first.json()["seq"]})
    assert [m["text"] for m in later.json()["messages"]] == ["yes, they are asleep"]


async def test_the_bot_is_silent_exactly_while_a_caseworker_owns_the_conversation(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()

    async def answered(text: str) -> bool:
        seq = await person.write(text)
        await office.tasks.finish(5)
        program = {"bot", "system"}  # in danger its lines are the system's
        return any(m["from"] in program and m["seq"] > seq for m in await person.messages())

    assert await answered("hello"), "while it waits, the bot goes on"
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert not await answered("are you there")
    assert (await noor.post(f"/desk/api/cases/{case}/release")).status_code == 204
    assert await answered("hello again")
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert not await answered("and now")
    assert (await noor.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"})).status_code == 204
    assert await answered("one more thing")


async def test_the_person_is_told_of_every_change_once(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    person, case = await office.emergency("fr")
    say = {
        k: office.words.say(f"handoff.{k}", "fr") for k in ("joined", "asked_again", "closed")
    }

    async def told() -> list[str]:
        texts = [m["text"] for m in await person.messages() if m["from"] == "system"]
        return [key for text in texts for key, said in say.items() if said == text]

    path = f"/desk/api/cases/{case}"
    assert (await noor.post(f"{path}/claim")).status_code == 200
    assert (await noor.post(f"{path}/claim")).status_code == 200, "a repeated claim of one's own is no error"
    assert await told() == ["joined"]
    await noor.post(f"{path}/release")
    assert await told() == ["joined", "asked_again"]
    assert (await eva.post(f"{path}/claim")).status_code == 200
    assert (await told())[2:] == ["joined"]
    await eva.post(f"{path}/close", json={"outcome": "no_answer"})
    assert (await told())[3:] == ["closed"]
    assert (await eva.get("/desk/api/queue")).json() == {"cases": []}


async def test_a_claim_that_a_crash_cut_in_two_is_completed_by_claiming_again(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await office.store.claim(case, office.colleagues[0].id)  # and then the process died
    joined = office.words.say("handoff.joined", "en")
    assert joined not in [m["text"] for m in await person.messages()]
    assert (await noor.post(f"/desk/api/cases/{case}/claim")).status_code == 200
    assert [m["text"] for m in await person.messages()].count(joined) == 1


async def test_a_person_without_a_language_is_told_in_several(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person = await office.visitor(None)
    await person.write(LOCKED_IN)
    [case] = await office.store.queue()
    await noor.post(f"/desk/api/cases/{case.id}/claim")
    texts = [str(m["text"]) for m in await person.messages()]
    for lang in ("nl", "fr", "en"):
        assert any(office.words.say("handoff.joined", lang) in text for text in texts)


async def test_what_was_looked_at_is_no_longer_new(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    seq = await person.write("please")
    assert (await noor.get("/desk/api/queue")).json()["cases"][0]["unread"] == 2
    assert (await noor.post(f"/desk/api/cases/{case}/seen", json={"seq": seq})).status_code == 204
    assert (await noor.get("/desk/api/queue")).json()["cases"][0]["unread"] == 0


async def test_a_chat_that_the_person_deleted_is_gone_for_its_owner(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    await person.forget()
    assert code(await noor.get(f"/desk/api/cases/{case}/messages")) == (404, "gone")
    assert code(await reply(noor, case, "Are you there?")) == (404, "gone")
    assert (await noor.get("/desk/api/queue")).json() == {"cases": []}


async def test_a_chat_wrapped_to_an_older_key_is_not_taken_before_it_can_be_read(office: Office) -> None:
    await office.store.invite_first("Somebody")  # whose link was never used: a new one makes a new team key
    person, case = await office.emergency()
    noor = await office.caseworker("Noor")
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    assert row["urgency"] == "emergency" and not row["readable"]
    assert code(await noor.post(f"/desk/api/cases/{case}/claim")) == (409, "not_readable")
    stored = await office.store.case(case)
    assert stored is not None and stored.owner is None
    await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert (await noor.post(f"/desk/api/cases/{case}/claim")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": "not a uuid", "text": "hello"}, 422),
        ({"id": str(uuid4()), "text": "  \n "}, 422),
        ({"id": str(uuid4()), "text": "x" * 4001}, 413),
        ({"id": str(uuid4()), "text": 5}, 422),
    ],
)
async def test_a_reply_that_is_none(office: Office, body: dict[str, object], status: int) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    answer = await noor.post(f"/desk/api/cases/{case}/messages", json=body)
    assert answer.status_code == status and set(answer.json()) == {"error"}


async def test_an_outcome_that_is_none(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    answer = await noor.post(f"/desk/api/cases/{case}/close", json={"outcome": "because of what Anna said"})
    assert answer.status_code == 422
    assert (await noor.get("/desk/api/queue")).json()["cases"][0]["state"] == "owned"


async def test_a_colleague_is_invited_from_the_desk(office: Office) -> None:
    noor = await office.caseworker("Noor")
    answer = await noor.post("/desk/api/invites", json={"name": " Eva "})
    assert answer.status_code == 201
    page = await office.browser().get(answer.json()["path"])
    assert page.status_code == 200 and 'value="Eva"' in page.text
    assert code(await noor.post("/desk/api/invites", json={"name": "noor"})) == (409, "name_taken")
    assert code(await noor.post("/desk/api/invites", json={"name": "   "})) == (422, "invalid")
    mia = await office.caseworker("Mia")
    assert code(await mia.post("/desk/api/invites", json={"name": "Bo"})) == (403, "forbidden")
