"""The whole talk in Telegram: over HTTP, with a Bot API server that is not ours, and the real engine."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from bot.content import SEVERAL, Catalogue
from tests.support.answers import answers
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import PATIENT, Gateway, Visitor, client, running, wait_for
from tests.support.ports import free_port
from tests.support.telegram import Person, Wire, environment, telegram

DOOR = "http://chat.example.org"


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with telegram() as made:
        yield made


@pytest.fixture(scope="module")
def bot(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("telegram")
    with running(folder, free_port(), env=environment(wire, folder, INLOOP_PUBLIC_URL=DOOR) | PATIENT) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def desk(bot: Gateway) -> Caseworker:
    return first(bot)


def time_is_up(bot: Gateway) -> list[int]:
    """The minutes after which messages of the newest chat are deleted; for all of them that time is over now. What
    stands in a chat is noted a moment after it was sent: as soon as all is."""
    newest = "(SELECT max(id) FROM telegram_chats)"
    behind = "SELECT count(*) FROM telegram_chats t JOIN conversations c ON c.id = t.conversation"
    behind = f"{behind} WHERE c.last_seq > t.sent_seq AND t.id = {newest}"
    short = f"delete_at IS NOT NULL AND chat = {newest}"
    with contextlib.closing(sqlite3.connect(bot.folder / "data" / "inloop.db", timeout=30)) as database:
        wait_for("all is noted", lambda: database.execute(behind).fetchone() == (0,))
        due = f"SELECT (julianday(delete_at) - julianday(at)) * 24 * 60 FROM telegram_messages WHERE {short}"
        minutes = [round(row[0]) for row in database.execute(due)]
        with database:
            database.execute(f"UPDATE telegram_messages SET delete_at = at WHERE {short}")
    return minutes


def test_a_talk_with_a_handoff(wire: Wire, bot: Gateway, desk: Caseworker, words: Catalogue) -> None:
    person = Person(wire, 7001, "ro")
    person.write("/start")
    intro = person.wait_for(words.say("telegram.intro", "ro"))
    assert person.texts()[0] == words.say("welcome", "ro")
    assert all(m["protect_content"] == "true" for m in person.told())
    assert intro["entities"][0]["type"] == "spoiler"
    person.write("este gratuit ajutorul vostru")
    person.wait_for(lambda m: answers(m["text"], words, "cost", "ro"))
    person.press(words.topic_label("talk_to_human", "ro"))
    person.press(words.label("choices.yes", "ro"))
    person.wait_for(words.say("handoff.waiting", "ro"))
    case = desk.wait_for_case(lambda c: c["channel"] == "telegram")
    assert desk.claim(case["id"]).status_code == 200
    person.wait_for(words.say("handoff.joined", "ro"))
    desk.reply(case["id"], "Sunt aici, ascult.")
    reply = person.wait_for("Sunt aici, ascult.")
    assert reply["disable_notification"] == "false"
    person.write("multumesc")
    wait_for("the caseworker reads it", lambda: "multumesc" in [m["text"] for m in desk.read(case["id"])])
    desk.close(case["id"], of_help=True)
    person.wait_for(words.say("handoff.closed", "ro"))
    person.wait_for(words.say("of_help.question", "ro"))
    person.press(words.label("choices.a_little", "ro"))
    person.wait_for(words.say("of_help.thanks", "ro"))
    assert set(person.counted().values()) == {1}


def test_danger_is_seen_as_on_the_web(wire: Wire, desk: Caseworker, words: Catalogue) -> None:
    person = Person(wire, 7002, "en")
    person.write("he locked me in and he is hitting me right now")
    card = person.wait_for(lambda m: words.fact("emergency_phone") in m["text"] and "entities" not in m)
    assert card["disable_notification"] == "true"
    case = desk.wait_for_case(lambda c: c["urgency"] == "emergency" and c["channel"] == "telegram")
    assert "confined" in case["signals"]
    assert desk.claim(case["id"]).status_code == 200
    desk.close(case["id"])


def test_a_danger_card_deletes_itself_and_the_rest_of_the_chat_stays(
    wire: Wire, bot: Gateway, desk: Caseworker, words: Catalogue
) -> None:
    person = Person(wire, 7003, "en")
    person.write("/start")
    person.wait_for(words.say("telegram.intro", "en"))
    person.write("he locked me in and he is hitting me right now")
    card = person.wait_for(lambda m: words.fact("emergency_phone") in m["text"] and "entities" not in m)
    wait_for("nothing more comes", lambda: wire.waiting() == 0)
    minutes = time_is_up(bot)
    assert minutes and set(minutes) == {60}, "an hour, as the settings have it"
    wait_for("the card is gone", lambda: card["id"] not in [m["id"] for m in person.told()])
    assert words.say("telegram.intro", "en") in person.texts()
    case = desk.wait_for_case(lambda c: c["urgency"] == "emergency" and c["channel"] == "telegram")
    assert desk.claim(case["id"]).status_code == 200
    desk.close(case["id"])


def test_a_new_return_code_deletes_itself_and_the_rest_of_the_chat_stays(
    wire: Wire, bot: Gateway, desk: Caseworker, words: Catalogue
) -> None:
    person = Person(wire, 7004, "en")
    person.write("/start")
    person.wait_for(words.say("telegram.intro", "en"))
    person.write("can I talk to a person please")
    person.press(words.label("choices.yes", "en"))
    person.wait_for(words.say("handoff.waiting", "en"))
    case = desk.wait_for_case(lambda c: c["channel"] == "telegram")
    assert desk.claim(case["id"]).status_code == 200
    renewed = desk.http.post(f"/desk/api/cases/{case['id']}/return-code", json={"id": str(uuid4())})
    assert renewed.status_code == 204
    told = person.wait_for(lambda m: m["text"].startswith(words.say("code.renewed", "en")))
    assert told["entities"][0]["type"] == "spoiler", "nobody reads it over a shoulder"
    assert time_is_up(bot) == [60]
    wait_for("the code is gone", lambda: told["id"] not in [m["id"] for m in person.told()])
    assert words.say("telegram.intro", "en") in person.texts()
    desk.close(case["id"])


@pytest.mark.parametrize(("code", "lang"), [("uk", "uk"), ("pt-br", "pt"), ("tlh", SEVERAL), (None, SEVERAL)])
def test_the_language_is_telegrams_until_the_person_shows_another(
    wire: Wire, bot: Gateway, words: Catalogue, code: str | None, lang: str
) -> None:
    person = Person(wire, 7100 + sum(map(ord, code or "")), code)
    person.write("/start")
    person.wait_for(words.say("language.ask", lang))
    person.write("ik weet niet waar ik vannacht kan slapen")  # what is written wins over what Telegram says
    person.wait_for(lambda m: answers(m["text"], words, "shelter", "nl"))
    person.write("/language")
    person.press("Polski")
    person.wait_for(words.say("language.switched", "pl"))  # and what is chosen over both
    person.write("/start")
    wait_for("in Polish", lambda: words.say("telegram.intro", "pl") in person.texts())


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"voice": {"file_id": "CANARYFILE", "duration": 3}}, "voice"),
        ({"photo": [{"file_id": "CANARYFILE"}]}, "picture"),
        ({"document": {"file_id": "CANARYFILE"}}, "file"),
        ({"sticker": {"file_id": "CANARYFILE"}}, "sticker"),
        ({"contact": {"phone_number": "+32470000000", "first_name": "CANARY"}}, "contact"),
        ({"location": {"latitude": 51.2194, "longitude": 4.4025}}, "location"),
        ({"poll": {"id": "1"}}, "other"),
    ],
)
def test_what_cannot_be_read_is_acknowledged_and_the_caseworker_sees_that_it_came(
    wire: Wire, desk: Caseworker, words: Catalogue, fields: dict[str, object], kind: str
) -> None:
    person = Person(wire, 7200 + sum(map(ord, kind)), "fr")
    person.write(**fields)
    person.wait_for(words.say("unread_kind", "fr"))
    person.press(words.topic_label("talk_to_human", "fr"))
    person.press(words.label("choices.yes", "fr"))
    case = desk.wait_for_case(lambda c: c["channel"] == "telegram" and c["state"] == "waiting")
    assert desk.claim(case["id"]).status_code == 200
    [came] = [m for m in desk.read(case["id"]) if m.get("kind")]
    assert came["kind"] == kind
    assert came["detail"] == ("51.21940, 4.40250" if kind == "location" else "")
    assert "CANARY" not in str(came) and "+32470000000" not in str(came)
    desk.close(case["id"])


def test_the_words_under_a_picture_and_a_changed_message_are_read(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 7300, "en")
    person.write(photo=[{"file_id": "x"}], caption="where can i sleep tonight")
    person.wait_for(words.say("unread_kind", "en"))
    person.wait_for(lambda m: answers(m["text"], words, "shelter", "en"))
    changed = {"message_id": 1, "from": person.sender, "chat": person.chat, "date": 0, "edit_date": 1}
    wire.inject(edited_message={**changed, "text": "is your help free"})
    person.wait_for(lambda m: answers(m["text"], words, "cost", "en"))


def test_a_group_gets_one_refusal_and_is_left(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    group = Person(wire, -100500, "nl", kind="supergroup")
    member = {"status": "member", "user": {"id": 1, "is_bot": True, "first_name": "x"}}
    wire.inject(my_chat_member={"chat": group.chat, "from": group.sender, "new_chat_member": member, "date": 0})
    group.write("hallo allemaal")
    group.wait_for(words.say("telegram.group", "nl"))
    wait_for("it left", lambda: [c for c in wire.called("leaveChat") if c["chat_id"] == "-100500"])
    wait_for("all was taken", lambda: wire.waiting() == 0)
    assert group.texts() == [words.say("telegram.group", "nl")]


def test_wiping_leaves_nothing(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 7400, "de")
    person.write("/start")
    person.write("wo kann ich heute schlafen")
    person.wait_for(lambda m: answers(m["text"], words, "shelter", "de"))
    person.write("/wipe")
    person.wait_for(words.say("telegram.wiped", "de"))
    last = [words.say("telegram.wiped", "de")]
    wait_for("all is deleted", lambda: [m["message"]["text"] for m in person.stands()] == last)
    person.write("/wipe")  # with nothing there it still says what is
    wait_for("said again", lambda: person.counted()[words.say("telegram.wiped", "de")] == 2)


def test_wiping_by_button_and_by_words(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 7401, "en")
    person.write("/start")
    # The server gives a pressed button the number of the next message, and deletes the wrong one of the two.
    person.wait_for(words.say("telegram.door", "en", site=DOOR))
    person.press(words.label("choices.forget", "en"))
    person.wait_for(words.say("telegram.wiped", "en"))
    person.write("please delete this whole chat and all my messages")
    person.wait_for(words.say("forget.question", "en"))
    person.press(words.label("choices.yes", "en"))
    wait_for("wiped again", lambda: person.counted()[words.say("telegram.wiped", "en")] == 2)
    assert len(person.stands()) == 2


def test_a_person_who_moves_between_the_doors_is_the_same_case(
    wire: Wire, bot: Gateway, desk: Caseworker, words: Catalogue
) -> None:
    opened = httpx.post(bot.url + "/api/conversations", json={"language": "fr"}).json()
    web = client(bot.url)
    web.headers["Authorization"] = f"Bearer {opened['token']}"
    web.post("/api/messages", json={"id": str(uuid4()), "text": "il m'a enfermée et il me frappe maintenant"})
    case = desk.wait_for_case(lambda c: c["channel"] == "web" and c["urgency"] == "emergency")
    assert desk.claim(case["id"]).status_code == 200

    start = opened["telegram"].partition("?start=")
    assert start[0] == "https://t.me/TestNameBot"
    person = Person(wire, 7500, "en")
    person.write(f"/start {start[2]}")
    person.wait_for(words.say("telegram.moved", "fr"))
    assert web.get("/api/messages").status_code == 401, "the page is closed"
    [moved] = [c for c in desk.queue() if c["id"] == case["id"]]
    assert moved["channel"] == "telegram"
    desk.reply(case["id"], "Je suis là.")
    person.wait_for("Je suis là.")
    person.write("je peux encore écrire")
    wait_for("it is the same talk", lambda: "je peux encore écrire" in [m["text"] for m in desk.read(case["id"])])

    person.write("/web")
    told = person.wait_for(lambda m: DOOR in m["text"] and words.label("visitor.restore_chat", "fr") in m["text"])
    code = told["text"].split("\n\n")[1]
    back = httpx.post(bot.url + "/api/conversations/restore", json={"return_code": code}, timeout=30)
    assert back.status_code == 201
    web.headers["Authorization"] = f"Bearer {back.json()['token']}"
    texts = [m["text"] for m in web.get("/api/messages").json()["messages"]]
    assert "Je suis là." in texts and "je peux encore écrire" in texts
    assert code not in str(texts), "a return code is not a message of the talk"
    desk.reply(case["id"], "Bien arrivée ?")
    wait_for("on the page", lambda: "Bien arrivée ?" in web.get("/api/messages").text)
    desk.close(case["id"])
    assert "Bien arrivée ?" not in person.texts()


def test_a_wrong_code_is_said_and_begins_a_talk(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 7501, "en")
    person.write("/start en_AAAAAAAAAAAA")
    person.wait_for(words.label("visitor.restore_failed", "en"))
    person.wait_for(words.say("telegram.intro", "en"))


def test_who_blocks_the_bot_is_noted_and_gets_it_all_later(
    wire: Wire, bot: Gateway, desk: Caseworker, words: Catalogue
) -> None:
    person = Person(wire, 7600, "nl")
    person.write("ik wil met een mens praten")
    person.wait_for(words.say("handoff.offer", "nl"))
    person.press(words.label("choices.yes", "nl"))
    case = desk.wait_for_case(lambda c: c["channel"] == "telegram" and c["state"] == "waiting")
    wire.blocked.add(person.number)
    desk.claim(case["id"])
    desk.reply(case["id"], "Ben je er nog?")
    wait_for("it is noted", lambda: [c for c in desk.queue() if c["id"] == case["id"] and not c["reachable"]])
    wire.blocked.clear()
    member = {"status": "member", "user": {"id": 1, "is_bot": True, "first_name": "x"}}
    wire.inject(my_chat_member={"chat": person.chat, "from": person.sender, "new_chat_member": member, "date": 0})
    person.wait_for("Ben je er nog?")
    assert [c["reachable"] for c in desk.queue() if c["id"] == case["id"]] == [True]
    assert set(person.counted().values()) == {1}
    desk.close(case["id"])


def test_the_page_says_nothing_of_the_webhook(bot: Gateway) -> None:
    assert Path(bot.log_path).exists()
    assert Visitor(bot.url).http.post("/telegram/webhook", json={"update_id": 1}).status_code == 404
