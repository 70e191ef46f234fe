"""The talk by plain forms: once for each press, nothing in addresses or cookies, dead after leaving."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.content import Catalogue
from bot.web.visitor.sealed_state import Slip, Slips
from tests.support.answers import answers
from tests.support.caseworker import Caseworker
from tests.support.gateway import Gateway, running, wait_for
from tests.support.plain import Old, Seen
from tests.support.ports import free_port

DANGER = "he is hitting me right now please help"


def begun(gateway: Gateway, language: str = "en") -> Old:
    phone = Old(gateway.url, language)
    assert len(phone.press("start").said("bot")) == 1
    return phone


def slips(gateway: Gateway, ago: timedelta = timedelta()) -> Slips:
    key = bytes.fromhex((gateway.folder / "data" / "page.key").read_text())
    return Slips(key, lambda: datetime.now(UTC) - ago)


def test_a_question_is_answered_on_the_page_that_comes_back(gateway: Gateway, words: Catalogue) -> None:
    phone = begun(gateway)
    page = phone.press("send", text="is it free")
    assert page.said("person") == ["is it free"]
    assert answers(page.said("bot")[-1], words, "cost", "en")
    assert page.draft == ""
    chosen = phone.choose(words.topic_label("talk_to_human", "en"))
    assert chosen.said("bot")[-1] == words.say("handoff.offer", "en")


def test_pressed_twice_is_sent_once_and_other_words_from_the_same_page_are_not_lost(gateway: Gateway) -> None:
    phone = begun(gateway)
    fields = {**phone.page.hidden, "do": "send", "text": "is it free"}
    phone.send(fields)
    phone.send(fields)
    assert phone.page.said("person") == ["is it free"]
    phone.send({**fields, "text": "is it really free"})
    assert phone.page.said("person") == ["is it free", "is it really free"]


def test_begun_twice_is_the_same_talk_with_the_same_code(gateway: Gateway) -> None:
    phone = Old(gateway.url)
    fields = {**phone.page.hidden, "do": "start"}
    first = Seen(phone.send(fields).text)
    phone.press("send", text="is it free")
    again = Seen(phone.send(fields).text)
    assert again.code == first.code
    assert again.said("person") == ["is it free"]


def test_a_danger_has_the_numbers_on_top(gateway: Gateway, words: Catalogue) -> None:
    phone = begun(gateway)
    page = phone.press("send", text=DANGER)
    assert page.said("emergency")[0].startswith(words.card("emergency", (), "en").text.split("\n")[0])
    html = phone.answer.text
    main = html[html.index("<main>") :]
    assert main.index('href="tel:112"') < main.index('class="text"')
    assert '<li class="system emergency" id="new">' in html, "and the page opens there"


def test_nothing_of_the_talk_is_in_an_address_or_a_cookie(gateway: Gateway) -> None:
    phone = begun(gateway)
    phone.press("send", text="is it free")
    assert phone.page.said("person") == ["is it free"]
    slip = slips(gateway).read(phone.page.hidden["slip"])
    assert slip is not None
    assert slip.token not in phone.answer.text, "not readable in what the browser keeps of the form"
    assert "set-cookie" not in phone.answer.headers
    assert phone.answer.headers["cache-control"] == "no-store"
    assert str(phone.answer.url) == gateway.url + "/talk"
    assert "<script" not in phone.answer.text


def test_after_leaving_no_page_of_this_tab_shows_anything(gateway: Gateway) -> None:
    phone = Old(gateway.url)
    start = {**phone.page.hidden, "do": "start"}
    phone.send(start)
    code = phone.page.code
    sent = {**phone.page.hidden, "do": "send", "text": "is it free"}
    phone.send(sent)
    phone.press("leave")
    left = phone.answer.text
    assert 'http-equiv="refresh" content="0; url=https://www.meteo.be/"' in left
    assert "free" not in left
    for fields in (start, sent, {**sent, "do": "look"}):
        page = Seen(phone.send(fields).text)
        assert page.messages == []
        assert page.code == ""
    back = phone.press("restore", code=code)
    assert back.said("person") == ["is it free"]


def test_an_old_page_shows_nothing_but_its_message_arrives(gateway: Gateway, words: Catalogue) -> None:
    phone = begun(gateway)
    phone.press("send", text="is it free")
    now = slips(gateway).read(phone.page.hidden["slip"])
    assert now is not None
    code = phone.page.code
    old = slips(gateway, timedelta(minutes=31)).write(Slip(now.token, now.code, now.language))
    page = phone.press("look", slip=old)
    assert page.messages == []
    assert words.label("visitor.page_closed", "en") in page.note
    html = phone.send({"slip": old, "once": "x", "do": "send", "text": DANGER}).text
    assert words.label("visitor.page_closed_sent", "en") in html
    assert words.card("emergency", (), "en").text.split("\n")[0] in html
    assert "is it free" not in html
    assert DANGER in phone.press("restore", code=code).said("person")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_send_a_form(gateway: Gateway, headers: dict[str, str]) -> None:
    """It could send a slip of its own talk, and read there what the person writes."""
    phone = begun(gateway)
    answer = phone.send({**phone.page.hidden, "do": "send", "text": "is it free"}, headers)
    assert answer.status_code == 403
    assert phone.page.messages == []


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_our_own_pages_can(gateway: Gateway, headers: dict[str, str]) -> None:
    phone = begun(gateway)
    phone.send({**phone.page.hidden, "do": "send", "text": "is it free"}, headers)
    assert phone.page.said("person") == ["is it free"]
    phone.send({**phone.page.hidden, "do": "look"}, {"Origin": gateway.url})
    assert phone.page.said("person") == ["is it free"]


def test_it_is_deleted_after_a_second_yes(gateway: Gateway, words: Catalogue) -> None:
    phone = begun(gateway)
    phone.press("send", text="is it free")
    code = phone.page.code
    asked = phone.press("delete", text="half a thought")
    assert asked.said("person") == ["is it free"]
    assert asked.draft == "half a thought"
    assert words.say("forget.done", "en") in phone.press("forget").note
    assert phone.press("restore", code=code).note == words.label("visitor.restore_failed", "en")


def test_a_draft_outlives_every_other_button(gateway: Gateway, words: Catalogue) -> None:
    phone = begun(gateway)
    for do in ("look", "earlier", "person", "delete"):
        assert phone.press(do, text="half a <thought>").draft == "half a <thought>"
    assert words.label("visitor.talk_to_person", "en") in phone.page.said("person")
    long = "x" * 5000
    page = phone.press("send", text=long)
    assert page.note == words.say("errors.too_long", "en")
    assert page.draft == long


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe=\xff", b"do=send&text=hello", b"do=start&slip=x", b"slip=%00%00&do=look", b"do=leave",
     b"do=forget", b"choice=x", b"once=nonsense&do=nonsense", b"a=1&" * 5000],
)  # fmt: skip
def test_whatever_comes_the_answer_is_a_page_with_the_numbers_or_the_way_out(gateway: Gateway, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(gateway.url + "/talk", content=body, headers=headers)
    assert answer.status_code == 200
    left = body == b"do=leave"
    assert ('href="tel:112"' in answer.text, "meteo.be" in answer.text) == (not left, left)


def test_a_slip_that_was_changed_opens_nothing(gateway: Gateway) -> None:
    phone = begun(gateway)
    slip = phone.page.hidden["slip"]
    for changed in (slip[:-4], slip[:40] + ("A" if slip[40] != "A" else "B") + slip[41:], "é" * 40):
        assert phone.press("look", slip=changed).messages == []
        assert phone.answer.status_code == 200


def test_the_address_by_itself_is_the_first_page(gateway: Gateway) -> None:
    answer = httpx.get(gateway.url + "/talk")
    assert answer.status_code == 303
    assert answer.headers["location"] == "./"


def test_too_fast_is_said_in_words_and_the_words_stay(tmp_path_factory, words: Catalogue) -> None:
    env = {"INLOOP_MESSAGES_PER_MINUTE": "5", "INLOOP_ENGINE_URL": "http://127.0.0.1:9",
           "INLOOP_ENGINE_SECRET": "s" * 20, "INLOOP_CONVERSATIONS_PER_MINUTE": "2",
           "INLOOP_ENGINE_START_TIMEOUT": "0.5"}  # fmt: skip
    with running(tmp_path_factory.mktemp("slow"), free_port(), engine=False, env=env) as gateway:
        phone = begun(gateway)
        phone.press("send", text="hello")  # the first one waits until it is clear that no engine comes
        for number in range(6):
            page = phone.press("send", text=f"hello number {number}")
        assert page.note == words.say("errors.too_many", "en")
        assert page.draft == "hello number 5"
        assert phone.press("send", text=DANGER).said("emergency"), "never a danger"


@pytest.mark.night  # waits in real time
def test_while_very_many_begin_it_is_a_wait_and_nothing_is_lost(tmp_path: Path, words: Catalogue) -> None:
    """All come from one address here: nobody is turned away, and a talk that is there waits for nothing."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20,
           "INLOOP_CONVERSATIONS_PER_MINUTE": "4"}  # fmt: skip
    with running(tmp_path, free_port(), engine=False, env=env) as gateway:
        first, *_ = (begun(gateway) for _ in range(4))
        first.press("send", text="is it free")
        new, back, ready = Old(gateway.url), Old(gateway.url), []
        for phone, do, typed in ((new, "start", {}), (back, "restore", {"code": first.page.code})):
            asked = phone.press(do, **typed)
            assert phone.answer.status_code == 429
            assert asked.note == words.label("visitor.many_begin", "en")
            assert 'href="tel:112"' in phone.answer.text
            wait = int(phone.answer.headers["Retry-After"])
            ready.append(time.monotonic() + wait)
            assert 5 <= wait <= 30
            assert f">0:{wait:02d}<" in phone.answer.text
            early = Seen(phone.send(asked.hidden).text)
            assert early.hidden == asked.hidden, "pressed too early, it is the same wait"
            assert int(phone.answer.headers["Retry-After"]) <= wait
        assert first.press("send", text=DANGER).said("emergency"), "never before danger"
        waited = new.page.hidden
        time.sleep(max(0.0, ready[0] - time.monotonic()))
        code = Seen(new.send(waited).text).code
        assert len(new.page.said("bot")) == 1
        assert Seen(new.send(waited).text).code == code, "pressed twice, it is the same talk"
        asked = Old(gateway.url).press("start")
        other = Old(gateway.url)
        other.send({**asked.hidden, "proof": waited["proof"]})
        assert other.answer.status_code == 429, "a wait is good once"
        time.sleep(max(0.0, ready[1] - time.monotonic()))
        assert Seen(back.send(back.page.hidden).text).said("person") == ["is it free", DANGER]


def test_a_caseworker_takes_over_and_the_person_reads_it_with_the_next_look(
    gateway: Gateway, caseworker: Caseworker, words: Catalogue
) -> None:
    before = {case["id"] for case in caseworker.queue()}
    phone = begun(gateway, "fr")
    phone.press("person")
    asked = phone.choose(words.label("choices.yes", "fr"))
    assert asked.said("system") == [words.say("handoff.waiting", "fr")]
    assert asked.said("bot")[-1] == words.say("handoff.mode", "fr")
    taken = phone.press("send", text="il me frappe maintenant, je ne peux pas sortir")
    assert taken.said("emergency")
    case = caseworker.wait_for_case(lambda c: c["id"] not in before and c["urgency"] == "emergency")
    assert caseworker.claim(case["id"]).status_code == 200
    caseworker.reply(case["id"], "Je suis là. Êtes-vous seule ?")
    looked = phone.press("look")
    assert looked.said("caseworker") == ["Je suis là. Êtes-vous seule ?"]
    assert words.say("handoff.joined", "fr") in looked.said("system")
    phone.press("leave")
    again = Old(gateway.url, "fr")
    assert again.press("restore", code=asked.code).said("caseworker") == ["Je suis là. Êtes-vous seule ?"]


@pytest.mark.night  # that nobody is held back is seen by the clock
def test_a_database_that_does_not_answer_loses_nothing_and_holds_nobody_back(tmp_path: Path, words: Catalogue) -> None:
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}
    with running(tmp_path, free_port(), engine=False, env=env) as gateway:
        phone, other = begun(gateway), begun(gateway)
        stuck = sqlite3.connect(tmp_path / "data" / "inloop.db", isolation_level=None)
        stuck.execute("BEGIN IMMEDIATE")
        failed = phone.press("send", text="is it\nfree")
        assert phone.answer.status_code == 500
        assert failed.note == words.say("errors.generic", "en")
        assert 'href="tel:112"' in phone.answer.text
        looking = {**other.page.hidden, "do": "look"}
        began = time.monotonic()
        other.press("leave")
        assert 'http-equiv="refresh"' in other.answer.text
        assert time.monotonic() - began < 3
        stuck.execute("ROLLBACK")
        stuck.close()
        phone.send(phone.page.hidden)
        assert phone.page.said("person") == ["is it\nfree"]
        wait_for("the token of who left is dead", lambda: Seen(other.send(looking).text).messages == [])
