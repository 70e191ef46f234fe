"""Whatever people, browsers, Telegram and the engine send: taken or refused by name, and nothing in the log."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st
from telegram.error import TelegramError

from bot.cli.commands import answer as answering
from bot.cli.commands import classify as classifying
from bot.cli.commands.lines import written
from bot.content import Catalogue
from bot.dialogue.client import Engine, EngineDown
from bot.domain import forms, message_text
from bot.domain.model import Choice, EngineTurn, Outgoing
from bot.domain.names import name_key, shown_name
from bot.domain.speaker import Speaker, Unsayable
from bot.oncall.page_links import Links
from bot.security import proof_of_work
from bot.security.admission import Gate, WorkNeeded
from bot.storage.people.caseworkers import totp_step
from bot.storage.sealing.envelopes import derive_token, normalise_code
from bot.storage.sealing.return_codes import LISTS, from_link, to_link, words_of
from bot.telegram import updates
from bot.telegram.api import _Request
from bot.web.desk.calendar_feed import Feed
from bot.web.middleware.fair_queue import Turnstile
from bot.web.middleware.guard import Guard
from bot.web.middleware.source import Source
from bot.web.visitor.api import PLACE
from bot.web.visitor.sealed_state import Slip, Slips
from tests.unit.fuzz import inputs
from tests.unit.fuzz.conftest import Run
from tests.unit.fuzz.inputs import TEXT

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))


def test_messages(fuzz: Run) -> None:
    def read(text: str) -> None:
        try:
            clean = message_text.clean(text, 100)
        except message_text.Refused as refused:
            assert refused.code in {"too_long", "empty"}
            return
        assert 0 < len(clean) <= 100
        assert clean.encode().decode() == clean
        assert "\x00" not in clean
        assert not message_text.plain(clean).startswith(("/", " ", "\n"))

    fuzz("messages", st.one_of(TEXT, TEXT.map(lambda text: "/" + text)), read, 8000)


def test_return_codes_and_tokens(fuzz: Run) -> None:
    word = st.sampled_from(sorted(LISTS)).flatmap(lambda language: st.sampled_from(words_of(language)))

    def read(said: str) -> None:
        assert len(derive_token(said).lookup) == 32
        assert all(letter.isalpha() for letter in normalise_code(said))
        code = from_link(said)
        assert code is None or from_link(to_link(code) or "") == code
        link = to_link(said)
        assert link is None or from_link(link) is not None

    links = st.builds(
        lambda lang, raw: f"{lang}_{base64.urlsafe_b64encode(raw).decode()}",
        st.sampled_from(["en", "fr", "xx", "EN", "é"]),
        st.binary(min_size=9, max_size=9),
    )
    fuzz(
        "return codes, tokens, deep links", st.one_of(TEXT, st.lists(word, max_size=7).map(" ".join), links), read, 6000
    )


def test_places_of_streams(fuzz: Run) -> None:
    def read(said: str) -> None:
        found = PLACE.fullmatch(said)
        assert found is None or 0 <= int(found[0]) < 2**63

    fuzz("Last-Event-ID", st.one_of(TEXT, inputs.NUMBERS.map(str)), read, 6000)


def test_cookies_and_headers(fuzz: Run) -> None:
    turnstile = Turnstile(None, Source())  # type: ignore[arg-type]
    name = st.sampled_from(
        [b"cookie", b"authorization", b"content-length", b"x-telegram-bot-api-secret-token", b"host"]
    )
    value = st.one_of(
        TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=60),
        st.builds(lambda a, b: f"desk={a}; {b}=".encode("utf-8", "surrogatepass"), TEXT, TEXT),
        inputs.NUMBERS.map(lambda number: str(number).encode()),
    )
    path = st.sampled_from(["/desk/api/queue", "/api/messages", "/telegram/webhook", "/"])

    def read(given: tuple[str, list[tuple[bytes, bytes]]]) -> None:
        scope = {"type": "http", "path": given[0], "headers": given[1]}
        token = turnstile._token(scope)
        assert token is None or len(token) == 32
        assert 0 <= Guard._announced(scope) < 10**20

    fuzz("cookies and headers", st.tuples(path, st.lists(st.tuples(name, value), max_size=4)), read, 6000)


def test_addresses_of_sources(fuzz: Run) -> None:
    source = Source()
    address = st.one_of(
        TEXT, st.ip_addresses().map(str), st.builds(lambda ip, zone: f"{ip}%{zone}", st.ip_addresses(v=6), TEXT)
    )

    def read(said: str) -> None:
        assert len(source.of(said)) == 32
        assert source.of(said) == source.of(said)

    fuzz("addresses of sources", address, read, 5000)


def test_links_slips_and_calendar_addresses(fuzz: Run) -> None:
    links, slips = Links(KEY, timedelta(hours=1), lambda: NOW), Slips(KEY, lambda: NOW)

    class Nobody:
        async def caseworker_public(self, _: int) -> None:
            return None

    feed = Feed(KEY, Nobody())  # type: ignore[arg-type]
    good = links.sign(7), slips.write(Slip("token", "code", "en"))
    assert links.read(good[0]) == (7, True)
    assert slips.read(good[1]) == Slip("token", "code", "en")
    unsigned = st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))

    def read(said: str) -> None:
        assert said == good[0] or links.read(said) is None
        assert said == good[1] or slips.read(said) is None
        with pytest.raises(StopIteration) as ended:
            feed.knows(said).send(None)
        assert ended.value.value is None

    fuzz("links, slips, calendar addresses", st.one_of(TEXT, unsigned, *(inputs.cut(one) for one in good)), read, 8000)


def test_solutions(fuzz: Run) -> None:
    gate = Gate(KEY, 1, 1, lambda: 1000.0, lambda: 1000.0)
    gate.enter("somebody")
    with pytest.raises(WorkNeeded) as asked:
        gate.enter("somebody")
    numbers = st.lists(st.one_of(TEXT, st.integers(0, 10**12).map(str)), max_size=5).map(".".join)

    def read(given: tuple[str, str]) -> None:
        proof = "~".join(given)
        assert not proof_of_work.solved(given[0], 18, given[1].split(".")) or given[1].isascii()
        with pytest.raises(WorkNeeded) as again:
            gate.enter("somebody else", proof)
        assert again.value.challenge.isascii()
        assert 1 <= again.value.seconds <= 330

    challenge = st.one_of(TEXT, inputs.cut(asked.value.challenge), st.just(asked.value.challenge))
    fuzz("solutions of challenges", st.tuples(challenge, numbers), read, 6000)


def test_names_and_one_time_codes(fuzz: Run) -> None:
    def read(said: tuple[str, str]) -> None:
        step = totp_step("A" * 32, said[0], NOW, after=0)
        assert step is None or len("".join(said[0].split())) == 6
        assert totp_step(said[1], "000000", NOW, after=0) is None or said[1]
        try:
            shown = shown_name(said[0])
        except ValueError:
            return
        assert 1 <= len(shown) <= 80
        assert name_key(shown) == name_key(said[0])

    code = st.one_of(TEXT, st.integers(0, 999_999).map(lambda number: f"{number:06d}"))
    fuzz("names and one-time codes", st.tuples(code, st.one_of(TEXT, st.just("A" * 32))), read, 5000)


# -- Telegram --------------------------------------------------------------------------------------

CHAT = inputs.mapping({"id": inputs.NUMBERS, "type": st.sampled_from(["private", "group", "channel"])})
FROM = inputs.mapping({"is_bot": st.booleans(), "language_code": TEXT, "id": inputs.NUMBERS})
PLACE_OF = inputs.mapping({"latitude": inputs.NUMBERS, "longitude": inputs.NUMBERS})
MESSAGE = inputs.mapping(
    {
        "chat": CHAT,
        "from": FROM,
        "message_id": inputs.NUMBERS,
        "text": st.one_of(TEXT, st.sampled_from(["/start en_AAAAAAAAAAAA", "/wipe@bot", "/START\n"])),
        "caption": TEXT,
        "location": PLACE_OF,
        "voice": inputs.ANY,
        "photo": inputs.ANY,
        "poll": inputs.ANY,
    }
)
UPDATE = inputs.mapping(
    {
        "update_id": st.integers(0, 2**40),
        "message": MESSAGE,
        "edited_message": MESSAGE,
        "channel_post": MESSAGE,
        "callback_query": inputs.mapping({"id": TEXT, "data": TEXT, "message": MESSAGE, "from": FROM}),
        "my_chat_member": inputs.mapping(
            {
                "chat": CHAT,
                "from": FROM,
                "new_chat_member": inputs.mapping({"status": st.sampled_from(["kicked", "member"])}),
            }
        ),
    }
)


def test_telegram_updates(fuzz: Run) -> None:
    def read(update: dict[str, Any]) -> None:
        found = updates.read(update)
        if found is None:
            return
        assert 0 <= found.update_id < 2**62
        assert abs(found.chat) < 2**62
        assert all(isinstance(text, str) for text in (found.text, found.what, found.detail))
        assert found.message is None or isinstance(found.message, int)
        assert found.kind is not updates.Kind.MESSAGE or found.text or found.what

    fuzz("Telegram updates (webhook and fetched)", UPDATE, read, 6000)


def test_telegram_answers(fuzz: Run) -> None:
    def read(raw: bytes) -> None:
        try:
            assert isinstance(_Request.parse_json_payload(raw), dict)
        except TelegramError as error:
            assert str(error) == "no JSON"

    texts = inputs.lines_of(inputs.mapping({"ok": st.booleans(), "result": inputs.ANY}))
    fuzz(
        "Telegram answers",
        st.one_of(st.binary(max_size=40), texts.map(lambda text: text.encode("utf-8", "surrogatepass"))),
        read,
        4000,
    )


# -- the engine ------------------------------------------------------------------------------------

REQUESTS = st.sampled_from(
    [
        "handoff",
        "forget",
        "report",
        "change_language",
        "keep:report.what",
        "drop:report.what",
        "add:report.where",
        "keep:x",
        "told:report",
        "told:handoff",
        ":",
    ]
)
CODES = st.dictionaries(
    st.sampled_from(["what", "where", "mode", "pay", "DANGER", ""]),
    st.sampled_from(["yes", "told", "skip", "share", "x y"]),
    max_size=4,
)
FORM = inputs.mapping(
    {
        "name": st.sampled_from(["report", "self_check", "handoff"]),
        "at": st.sampled_from(["what", "where", "mode"]),
        "answers": CODES,
        "digressions": st.integers(0, 5),
        "paused": st.booleans(),
        "over": st.booleans(),
    }
)
ACTION = inputs.mapping(
    {
        "intent": st.sampled_from(["affirm", "deny", "shelter", "form_skip"]),
        "command": st.just("safe"),
        "question": TEXT,
    }
)
REPLY = inputs.mapping(
    {
        "key": st.sampled_from(["answer", "both", "handoff.offer", "clarify", "report.where"]),
        "values": inputs.mapping({"topic": st.just("shelter"), "topics": st.lists(st.just("shelter"))}),
        "choices": st.lists(ACTION, max_size=5),
    }
)
TURN = inputs.full(
    {
        "topic": st.sampled_from(["shelter", "greet"]),
        "confidence": st.floats(0, 1),
        "replies": st.lists(REPLY, max_size=3),
        "requests": st.lists(REQUESTS, max_size=3),
        "ranking": st.just([["shelter", 0.9]]),
        "form": FORM,
    }
)


@pytest.fixture
def said() -> Iterator[list[str]]:
    yield [""]


def test_engine_answers(fuzz: Run, words: Catalogue, said: list[str]) -> None:
    """Anything but a turn that can be said in words is a dead engine: the person reads the menu."""
    clock = iter(range(0, 10**9, 100))
    engine = Engine("http://engine", "-", 1, lambda: float(next(clock)))
    answer = httpx.MockTransport(lambda _: httpx.Response(200, content=said[0].encode("utf-8", "surrogatepass")))
    engine._client = httpx.AsyncClient(transport=answer, base_url="http://engine")
    speaker = Speaker(words, "en")

    def read(text: str) -> None:
        said[0] = text
        try:
            with pytest.raises(StopIteration) as ended:
                engine.choice("alias", "shelter", "en").send(None)
        except EngineDown as down:
            assert len(str(down)) < 80
            return
        turn = ended.value.value
        assert isinstance(turn, EngineTurn)
        sheet = forms.EMPTY.after(turn, "what was written")
        assert forms.Sheet.loaded(json.loads(json.dumps(sheet.dumped())), asking=True) == sheet
        for name in forms.LINES:
            assert all(line in forms.LINES[name] for line, _, _ in sheet.lines(name))
        for reply in turn.replies:
            try:
                messages = speaker.engine(reply)
            except Unsayable:
                continue
            assert all(isinstance(one, Outgoing) and one.text for one in messages)
            assert all(isinstance(choice, Choice) and choice.label for one in messages for choice in one.choices)

    fuzz("engine answers", inputs.lines_of(TURN), read, 6000)


# -- lines of `inloop classify` and `inloop answer` ------------------------------------------------


def test_lines_of_classify(fuzz: Run) -> None:
    def read(line: str) -> None:
        found = classifying.read(line, 100)
        shown = found if isinstance(found, dict) else {"id": found[0], "text": found[1]}
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        out.write(written(shown) + "\n")
        out.flush()
        assert isinstance(found, dict) or 0 < len(found[1]) <= 100

    good = inputs.mapping({"id": st.one_of(TEXT, inputs.NUMBERS), "text": TEXT, "lang": st.sampled_from(["en", "xx"])})
    fuzz("lines of inloop classify", inputs.lines_of(good), read, 5000)


def test_lines_of_answer(fuzz: Run, words: Catalogue) -> None:
    def read(line: str) -> None:
        found = answering.one(line, words, {"threat"})
        assert written(found).encode()
        assert "error" in found or found["text"]

    good = inputs.mapping(
        {
            "id": st.one_of(TEXT, inputs.NUMBERS),
            "lang": st.sampled_from(["en", "ar"]),
            "topic": st.sampled_from(["shelter", "nothing"]),
            "urgency": st.sampled_from(["emergency", "urgent", "none"]),
            "signals": st.lists(st.sampled_from(["threat", "no"]), max_size=2),
        }
    )
    fuzz("lines of inloop answer", inputs.lines_of(good), read, 5000)


def test_names_of_languages(fuzz: Run, words: Catalogue) -> None:
    known = {language.code for language in words.languages}

    def read(said: str) -> None:
        assert words.fallback(said) in {None, *known}

    fuzz("names of languages", st.one_of(TEXT, st.sampled_from(sorted(known)).flatmap(inputs.cut)), read, 4000)
