"""What stands beside a number or a day and turns it round, whom a sentence speaks of, and questions without a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import glossary
from bot.settings import CONTENT
from bot.translation import Doubt, check
from bot.translation.checks.reading.lexicon import lexicons
from bot.translation.checks.reading.relations import relations
from bot.translation.checks.sentence import Side
from tests.support.translated_pairs import marked

NAMES = glossary(CONTENT)
PAIRS = Path(__file__).with_name("relations.jsonl")
"""By hands that had seen none of the checks: `good` is a translation, `bad` the same with one thing turned round."""

SAID = [
    ("nl", "ik werk meer dan 10 uur per dag", {"more": 1}),
    ("nl", "ik ben hier voor maandag", {"order": -1}),
    ("en", "at least five people", {"more": 1}),
    ("en", "from 8 to 10", {}),
    ("en", "not until 8", {}),
    ("en", "open 8-10, after 12 too", {}),
    ("ro", "vine după opt seara", {"order": 1}),
    ("ro", "acum o săptămână", {"ago": -1}),
    ("ro", "peste două zile", {"more": 1, "ago": 1}),
    ("ro", "plătim mai mult de 400 de euro", {"more": 1}),
    ("hu", "nyolc óra előtt", {"order": -1}),
    ("hu", "nyolctól tízig", {}),
    ("hu", "szombattól zárva vannak", {"order": 1}),
    ("hu", "péntekig itt vagyok", {"order": -1}),
    ("tr", "saat 8'den sonra", {"order": 1}),
    ("tr", "sekizden önce", {"order": -1}),
    ("tr", "beş kişiden fazla", {"more": 1}),
    ("zh", "三天前", {"order": -1, "ago": -1}),
    ("zh", "星期三之前", {"order": -1}),
    ("ar", "قبل ثلاثة أيام", {"order": -1, "ago": -1}),
    ("ar", "بعد أسبوع", {"order": 1, "ago": 1}),
    ("pl", "po poniedziałku", {"order": 1}),
    ("vi", "3 ngày nữa", {"ago": 1}),
    ("sq", "para tri ditësh", {"order": -1, "ago": -1}),
    ("ru", "через 3 дня", {"ago": 1}),
    ("uk", "три дні тому", {"ago": -1}),
    ("bg", "преди осем", {"order": -1}),
    ("de", "vor drei Tagen", {"order": -1, "ago": -1}),
    ("es", "hace dos semanas", {"ago": -1}),
    ("pt", "há três dias", {"ago": -1}),
    ("fr", "il y a une semaine", {"ago": -1}),
]

CHANGED = [
    ("nl", "Ik verdien minder dan 500 euro.", "en", "I earn more than 500 euros.", Doubt.NUMBERS),
    ("de", "Ich verdiene nicht mehr als 500 Euro.", "en", "I earn at least 500 euros.", Doubt.NEGATION),
    ("de", "Ich verdiene nicht mehr als 500 Euro.", "en", "I earn more than 500 euros.", Doubt.NEGATION),
    ("ro", "Vino înainte de ora 8.", "nl", "Kom na 8 uur.", Doubt.NUMBERS),
    ("ro", "Vino înainte de luni.", "nl", "Kom na maandag.", Doubt.NUMBERS),
    ("uk", "Суд після двадцятого вересня", "fr", "Le tribunal, c'est avant le vingt septembre", Doubt.NUMBERS),
    ("ar", "وصلت قبل أسبوع", "nl", "Ik kom over een week aan.", Doubt.NUMBERS),
    ("en", "You have my passport.", "nl", "Ze hebben mijn paspoort.", Doubt.PERSON),
    ("nl", "Zij hebben mijn sleutel.", "fr", "Tu as ma clé.", Doubt.PERSON),
    ("tr", "ben polisten korkuyorum", "nl", "Je bent bang van de politie.", Doubt.PERSON),
    ("pl", "nie podpisałem tego", "nl", "Jij hebt dit niet ondertekend.", Doubt.PERSON),
    ("fr", "J'ai peur.", "en", "You're afraid.", Doubt.PERSON),
    ("zh", "我可以留下吗", "en", "I can stay", Doubt.QUESTION),
    ("tr", "kalabilir miyim", "en", "I can stay", Doubt.QUESTION),
    ("nl", "heb je al gegeten", "pt", "Já comeste.", Doubt.QUESTION),
    ("hu", "Hétfőtől itt vagyok.", "nl", "Ik ben hier tot maandag.", Doubt.NUMBERS),
    ("nl", "Zij komen om 14u.", "en", "You come at 2 pm.", Doubt.PERSON),
    ("fr", "il me doit plus de 1500 euros", "tr", "Bana 1500 eurodan az borcu var", Doubt.NUMBERS),
    ("de", "Rauchen ist verboten.", "nl", "Roken is toegestaan.", Doubt.NEGATION),
    ("de", "ich bin in einer halben stunde da", "fr", "j'étais là il y a une demi-heure", Doubt.NUMBERS),
    ("fr", "il m'a menacé après la réunion", "en", "he threatened me before the meeting", Doubt.NUMBERS),
]
KEPT = [
    ("de", "Ich verdiene nicht mehr als 500 Euro.", "en", "I earn at most 500 euros."),
    ("de", "Ich verdiene nicht mehr als 500 Euro.", "en", "I don't earn more than 500 euros."),
    ("ru", "Штраф будет не больше 200 евро", "pt", "A multa será de no máximo 200 euros"),
    ("en", "I work from 8 to 10.", "de", "Ich arbeite von 8 bis 10."),
    ("de", "Ich arbeite von 8 bis 10.", "tr", "8'den 10'a kadar çalışıyorum."),
    ("zh", "我欠他们不到一万欧", "en", "I owe them less than ten thousand euros"),
    ("es", "gano menos de mil euros", "ar", "أكسب أقل من ألف يورو"),
    ("ar", "موعدي بعد أسبوعين", "en", "My appointment is in two weeks"),
    ("hu", "Hétfő előtt nem tudok menni", "ro", "Nu pot merge înainte de luni"),
    ("pl", "Zadzwoń przed ósmą rano", "es", "Llama antes de las ocho de la mañana"),
    ("uk", "Суд після двадцятого вересня", "fr", "Le tribunal, c'est après le vingt septembre"),
    ("pl", "Dlaczego zamkneliscie drzwi", "tr", "Kapıyı neden kapattınız?"),
    ("zh", "你们什么时候开门", "bg", "Кога отваряте?"),
    ("en", "Thank you, I am fine.", "ro", "Mulțumesc, sunt bine."),
    ("de", "Rauchen verboten, auch auf dem Balkon", "pl", "Nie wolno palić, także na balkonie."),
    ("zh", "他们没收了我的手机", "en", "They took away my phone."),
    ("nl", "heb je al gegeten", "pt", "Já comeste?"),
    ("uk", "нас четверо", "ro", "Suntem patru."),
    ("ar", "ما معي غير عشرين يورو", "en", "I only have twenty euros on me."),
    ("de", "ich bin in einer halben stunde da", "fr", "j'arrive dans une demi-heure"),
    ("fr", "Aidez-moi, s'il vous plaît.", "en", "Help me, please."),
    ("fr", "Ils t'ont frappé ?", "es", "¿Te pegaron?"),
    ("nl", "We zijn open van maandag tot vrijdag", "en", "We are open from Monday to Friday"),
    ("nl", "Ik werk van 8 uur tot 17 uur.", "en", "I work from 8 am to 5 pm."),
    ("vi", "Thẩm phán quyết định sau ngày 15 tháng 5.", "nl", "De rechter beslist na 15 mei."),
    ("zh", "我没收到工资。", "en", "I did not receive my wages."),
    ("nl", "Ze hebben mij verboden te bellen.", "ru", "Мне запретили звонить."),
    ("en", "I was raped by two men.", "bg", "Бях изнасилена от двама мъже."),
    ("uk", "Приїдь протягом тижня, тому що мені страшно.", "en", "Come within a week because I am afraid."),
    ("ro", "Îi voi suna.", "en", "I will call them."),
    ("en", "Do it now!", "nl", "Doe het nu!"),
    ("en", "can you help me", "es", "puedes ayudarme"),
    ("vi", "Tôi vẫn chưa.", "en", "Not yet."),
    ("ru", "Вряд ли он вернётся.", "en", "He will hardly return."),
    ("nl", "Zij komen om 14u.", "en", "They come at 2 pm."),
    ("ar", "يدفع لي أقل من 5 يورو", "vi", "Họ trả tôi dưới 5 euro"),
    ("de", "Ich bin vor zwei Jahren nach Belgien gekommen.", "ar", "وصلت إلى بلجيكا منذ سنتين."),
]


@pytest.mark.parametrize(("language", "text", "said"), SAID)
def test_what_stands_beside_a_number_is_read(language: str, text: str, said: dict[str, int]) -> None:
    assert Side(text, language).relations == said


@pytest.mark.parametrize(("source", "ours", "target", "theirs", "doubt"), CHANGED)
def test_what_was_turned_round_is_marked(source: str, ours: str, target: str, theirs: str, doubt: Doubt) -> None:
    assert doubt in check([(ours, theirs)], source, target, NAMES)
    assert doubt in check([(theirs, ours)], target, source, NAMES)


@pytest.mark.parametrize(("source", "ours", "target", "theirs"), KEPT)
def test_what_is_only_said_otherwise_is_not(source: str, ours: str, target: str, theirs: str) -> None:
    assert check([(ours, theirs)], source, target, NAMES) == ()
    assert check([(theirs, ours)], target, source, NAMES) == ()


LEAST = {"compare": 0.95, "order": 0.85, "ago": 0.95, "question": 0.95, "youthey": 0.4, "iyou": 0.5}
"""Of each kind the share that is marked at least: who is spoken of can be read where a word says it."""


def test_what_others_turned_round_is_marked_and_what_they_translated_is_hardly() -> None:
    """484 translations of 17 languages."""
    changed, found, wrongly, pairs = marked(PAIRS, NAMES)
    assert changed.keys() == LEAST.keys()
    assert not [kind for kind in changed if found[kind] < LEAST[kind] * changed[kind]], (found, changed)
    assert wrongly.total() <= 0.05 * pairs, wrongly


def test_every_language_has_all_of_them() -> None:
    assert relations().keys() == lexicons().keys()
