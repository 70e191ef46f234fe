"""What a person reads, asked for as the gateway asks."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from bot.content import (
    SEVERAL,
    Catalogue,
    MissingValue,
    UnknownLanguage,
    UnknownText,
    UnknownTopic,
    UnknownUrgency,
    load,
)

CONTENT = Path(__file__).parents[3] / "content"
VOCABULARY = yaml.safe_load((CONTENT / "topics.yml").read_text(encoding="utf-8"))
TOPICS = tuple(VOCABULARY["topics"])
QUESTIONS = tuple(yaml.safe_load((CONTENT / "questions.yml").read_text(encoding="utf-8"))["questions"])
SIGNALS = tuple(VOCABULARY["signals"])
# Written apart from the lists in meta.yml, so that a list made shorter does not make the promise right.
PROMISES = {
    "nl": r"\bgarand|\bbeloven we\b|\bwij beloven\b|je krijgt (zeker|altijd)|honderd procent",
    "fr": r"\bgaranti|\bnous promettons\b|vous aurez (sûrement|toujours)|cent pour cent",
    "en": r"\bguarantee|\bwe promise\b|you will (surely|always|certainly)|hundred per ?cent",
}


@pytest.fixture(scope="session")
def languages(words: Catalogue) -> tuple[str, ...]:
    return tuple(language.code for language in words.languages)


def test_every_language_answers_every_topic_with_words_choices_and_dated_sources(
    words: Catalogue, languages: tuple[str, ...]
) -> None:
    assert languages[:3] == ("nl", "fr", "en")
    for lang in languages:
        for topic in TOPICS:
            answer = words.answer(topic, lang)
            assert answer.text and answer.label
            assert "{" not in answer.text + answer.label
            assert set(answer.choices) <= {*TOPICS, *QUESTIONS} - {topic}
            assert len(answer.choices) <= 3
            assert answer.reviewed in ("draft", "reviewed")
            assert all(re.search(r"checked \d{4}-\d\d-\d\d\)$", source) for source in answer.sources)


def test_every_language_answers_every_question_with_a_label_a_text_and_a_short_one(
    words: Catalogue, languages: tuple[str, ...]
) -> None:
    assert words.topics == TOPICS
    assert words.questions == QUESTIONS
    for lang in languages:
        for question in QUESTIONS:
            answer = words.answer(question, lang)
            short = words.say(f"questions.{question}.short", lang)
            assert answer.label.strip() and answer.text.strip() and short.strip(), f"{lang}: {question}"
            assert not {"{", "}"} & set(answer.label + answer.text + short), f"{lang}: {question}"
            assert len(answer.label) <= 36, f"{lang}: {question}"
            assert answer.reviewed in ("draft", "reviewed")
            assert all(re.search(r"checked \d{4}-\d\d-\d\d\)$", source) for source in answer.sources)


def test_what_is_offered_below_a_question_is_known_and_another_one(words: Catalogue) -> None:
    for question in QUESTIONS:
        choices = words.answer(question, "en").choices
        assert set(choices) <= {*TOPICS, *QUESTIONS} - {question}, question
        assert len(choices) == len(set(choices)) <= 3, question


def test_buttons_below_one_answer_can_be_told_apart(words: Catalogue, languages: tuple[str, ...]) -> None:
    alike = [
        f"{lang}: {name}"
        for lang in languages
        for name in (*TOPICS, *QUESTIONS)
        for labels in [[words.topic_label(choice, lang) for choice in words.answer(name, lang).choices]]
        if len(set(labels)) < len(labels)
    ]
    assert not alike


@pytest.mark.parametrize(
    "topic", ["shelter", "reflection_period", "confidentiality", "police", "am_i_a_victim", "report"]
)
def test_an_answer_about_rights_or_safety_names_its_sources(words: Catalogue, topic: str) -> None:
    assert words.answer(topic, "en").sources


def test_buttons_of_one_language_can_be_told_apart(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        labels = [words.topic_label(topic, lang) for topic in TOPICS]
        assert len(set(labels)) == len(labels)
        assert max(len(label) for label in labels) <= 28


@pytest.mark.parametrize("lang", sorted(PROMISES))
def test_no_answer_promises(words: Catalogue, lang: str) -> None:
    texts = [words.answer(name, lang).text for name in (*TOPICS, *QUESTIONS)]
    texts += [words.say(f"questions.{question}.short", lang) for question in QUESTIONS]
    texts += [
        words.card(urgency, SIGNALS[:i], lang).text for urgency in ("emergency", "urgent") for i in range(12)
    ]
    promising = [text for text in texts if re.search(PROMISES[lang], text, re.IGNORECASE)]
    assert not promising


def test_the_facts_stand_in_the_answers(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        assert "078 055 800" in words.answer("shelter", lang).text
        assert "45" in words.answer("reflection_period", lang).text
        assert "03 201 16 90" in words.answer("contact_visit", lang).text
    assert "bijlage 15" in words.answer("reflection_period/what_paper", "nl").text
    assert "annexe 15" in words.answer("reflection_period/what_paper", "fr").text
    assert "stopmensenhandel.be" in words.answer("help_someone/no_common_language", "nl").text
    assert "stophumantrafficking.be" in words.answer("help_someone/no_common_language", "en").text


def test_no_text_shows_what_is_not_confirmed(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        shown = " ".join(words.answer(name, lang).text for name in (*TOPICS, *QUESTIONS))
        shown += " ".join(words.say(f"questions.{question}.short", lang) for question in QUESTIONS)
        shown += " ".join(words.card("emergency", [signal], lang).text for signal in SIGNALS)
        for unconfirmed in ("8112", "116 006", "0800 32 745", "02 212 30 00", "Leguit", "Italiëlei"):
            assert unconfirmed not in shown


# -- danger ----------------------------------------------------------------------------------------


def test_an_emergency_begins_with_the_numbers(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        for signals in ([], ["confined"], ["violence_now", "child_at_risk"]):
            text = words.card("emergency", signals, lang).text
            first = text.split("\n\n")[0]
            assert "112" in first
            assert "101" in first
            assert "078 055 800" in text
            assert "112 BE" in text


@pytest.mark.parametrize("signal", [signal for signal in SIGNALS if signal != "discovered"])
def test_each_signal_adds_its_line_right_after_the_numbers(
    words: Catalogue, languages: tuple[str, ...], signal: str
) -> None:
    for lang in languages:
        for urgency in ("emergency", "urgent"):
            plain = words.card(urgency, [], lang).text.split("\n\n")
            with_line = words.card(urgency, [signal], lang).text.split("\n\n")
            assert [with_line[0], *with_line[2:]] == plain
            assert with_line[1] == words.say(f"safety.signals.{signal}", lang)


def test_the_card_says_what_fits_the_signal(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        assert "1813" in words.card("emergency", ["suicide_risk"], lang).text
        assert "0800 32 123" in words.card("urgent", ["suicide_risk"], lang).text
        assert "116 000" in words.card("emergency", ["child_at_risk"], lang).text


def test_who_is_being_discovered_gets_the_shortest_card(words: Catalogue, languages: tuple[str, ...]) -> None:
    for lang in languages:
        card = words.card("emergency", ["confined", "discovered"], lang)
        assert len(card.text.split()) <= 25
        assert "112" in card.text
        assert "101" in card.text


def test_at_most_two_lines_the_most_important_first(words: Catalogue) -> None:
    card = words.card("emergency", ["weapon", "weapon", "confined", "being_moved"], "en").text
    lines = [words.say(f"safety.signals.{s}", "en") for s in ("weapon", "confined", "being_moved")]
    assert "\n".join(lines[:2]) in card
    assert lines[2] not in card


def test_a_signal_nobody_wrote_a_line_for_still_gets_the_numbers(words: Catalogue) -> None:
    assert words.card("emergency", ["no_such_signal"], "nl") == words.card("emergency", [], "nl")


def test_there_is_no_card_without_danger(words: Catalogue) -> None:
    with pytest.raises(UnknownUrgency):
        words.card("none", [], "en")


# -- languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("fr_CA", "fr"),
        ("EN-gb", "en"),
        ("xx", None),
        ("xx-EN", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_falls_back_on_itself_and_never_on_english(
    words: Catalogue, asked: str | None, given: str | None
) -> None:
    assert words.fallback(asked) == given


def test_an_alias_leads_to_the_language(copy: Path) -> None:
    register = copy / "languages.yml"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace("{code: nl,", "{code: nl, aliases: [vls],", 1), encoding="utf-8")
    assert load(copy).fallback("vls-BE") == "nl"


def test_without_a_known_language_the_words_stand_in_several(words: Catalogue) -> None:
    known = [language.code for language in words.languages if language.when_unknown]
    assert {"nl", "fr", "en"} <= set(known)
    for key in ("welcome", "language.ask", "language.unknown", "errors.generic"):
        said = words.say(key, SEVERAL)
        assert all(words.say(key, lang) in said for lang in known)
    card = words.card("emergency", ["confined"], SEVERAL)
    for lang in known:
        assert words.card("emergency", [], lang).text.split("\n\n")[0] in card.text
        assert words.say("safety.signals.confined", lang) in card.text
    assert "Ja · Oui · Yes" in words.label("choices.yes", SEVERAL)


def test_several_is_no_language_of_the_menu(words: Catalogue) -> None:
    assert SEVERAL not in [language.code for language in words.languages]
    assert words.fallback(SEVERAL) is None
    with pytest.raises(UnknownLanguage):
        words.labels("visitor", SEVERAL)


def test_numbers_and_values_stay_whole_in_a_language_from_right_to_left(copy: Path) -> None:
    shutil.copytree(copy / "en", copy / "ar")
    register = copy / "languages.yml"
    line = "  - {code: ar, name: العربية, script: Arab, rtl: true, understanding: encoder}\n"
    register.write_text(register.read_text(encoding="utf-8") + line, encoding="utf-8")
    words = load(copy)
    assert words.languages[-1].rtl
    assert "\u2066078 055 800\u2069" in words.answer("shelter", "ar").text
    assert "\u2066112\u2069" in words.card("emergency", [], "ar").text
    assert "\u2066payoke.be\u2069" in words.answer("engage", "ar").text
    assert "\u2068Ελληνικά\u2069" in words.label("visitor.translated_from", "ar", language="Ελληνικά")
    assert "\u2066" not in words.answer("shelter", "en").text


# -- texts, labels and facts -----------------------------------------------------------------------


def test_a_value_is_put_in_as_it_is_and_is_never_a_template(words: Catalogue) -> None:
    said = words.label("visitor.translated_from", "en", language="{stop_phone}")
    assert said.endswith("{stop_phone}")


def test_a_text_without_its_value_is_not_said(words: Catalogue) -> None:
    with pytest.raises(MissingValue, match="language"):
        words.label("visitor.translated_from", "en")


def test_every_text_can_be_said_and_shows_no_braces(words: Catalogue, languages: tuple[str, ...]) -> None:
    system = yaml.safe_load((CONTENT / "en" / "system.yml").read_text(encoding="utf-8"))
    keys = [
        f"{key}.{inner}" if inner else key
        for key, value in system.items()
        for inner in (value if isinstance(value, dict) else ("",))
    ]
    assert "handoff.waiting" in keys
    values = dict.fromkeys(("site", "code", "button", "centre", "name", "line", "hours"), "x")
    for lang in languages:
        for key in keys:
            assert "{" not in words.say(key, lang, **values)
        for section in ("visitor", "choices", "desk"):
            assert set(words.labels(section, lang)) == set(words.labels(section, "en"))


def test_the_page_and_the_desk_find_their_labels(words: Catalogue) -> None:
    visitor = words.labels("visitor", "nl")
    assert visitor["send"] == words.label("visitor.send", "nl")
    assert "112" in visitor["call_112"]
    assert {f"signal_{signal}" for signal in SIGNALS} <= set(words.labels("desk", "nl"))


def test_what_does_not_exist_is_refused_and_never_shown_as_a_key(words: Catalogue) -> None:
    with pytest.raises(UnknownTopic):
        words.answer("weather", "nl")
    with pytest.raises(UnknownTopic):
        words.answer("shelter/weather", "nl")
    with pytest.raises(UnknownLanguage):
        words.answer("shelter", "xx")
    with pytest.raises(UnknownText):
        words.say("handoff.nothing", "nl")
    with pytest.raises(UnknownText):
        words.label("visitor.nothing", "nl")
    with pytest.raises(UnknownText):
        words.labels("nothing", "nl")
    with pytest.raises(KeyError):
        words.fact("nothing")
    with pytest.raises(KeyError):
        words.fact("shelter_full")


def test_facts_ask_to_be_checked_again(words: Catalogue) -> None:
    checked = date(2026, 11, 24)
    assert words.stale(checked) == ()
    after_a_year = words.stale(checked + timedelta(days=366))
    assert "stop_phone" in after_a_year
    assert after_a_year.index("reflection_days") < after_a_year.index("emergency_phone")
