"""Detection through its door, on sentences that are not in the training data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.language import Detected, Languages

NATIVE = {
    "nl": [
        "mijn baas heeft al drie maand niks betaald",
        "wa moek doen als ze mn pas pakken",
        "kunde gij mij helpen aub",
    ],
    "fr": [
        "mon patron garde tous mes papiers dans son bureau",
        "jsp koi faire jai plus dargent",
        "vous etes ouverts le dimanche",
    ],
    "en": ["my boss took every paper i had", "pls can sm1 talk wit me", "which days are you open"],
    "de": ["mein chef hat mir den lohn nicht gegeben", "koennen sie mir bitte helfen"],
    "ar": ["صاحب العمل ما عطاني راتبي", "momkin t3awnouni bghit nhdar m3a chi wahed"],
    "ro": ["patronul nu mi-a dat banii de doua luni", "unde pot sa dorm la noapte"],
    "tr": ["patron üç aydır maaşımı vermiyor", "pasaportumu geri vermiyorlar ne yapayim"],
    "bg": ["шефът не ми е платил вече два месеца", "ne sa mi platili veche dva meseca"],
    "uk": ["мій начальник забрав мої документи і не віддає"],
    "ru": ["начальник забрал мой паспорт и не отдаёт", "pomogite mne pozhaluysta ya ne znayu kuda idti"],
    "es": ["mi jefe no me paga desde hace dos meses", "donde queda la oficina de ustedes"],
    "pt": ["o meu patrão não me paga há dois meses", "voces falam portugues nao sei o que fazer"],
    "vi": ["ông chủ giữ hộ chiếu của tôi", "ong chu giu ho chieu cua toi khong tra"],
    "sq": ["shefi ma ka marre pasaporten dhe nuk ma jep"],
    "zh": ["老板扣了我的护照", "我想找人谈谈"],
    "pl": ["szef nie płaci mi od dwóch miesięcy", "szef zabral mi paszport i nie chce oddac"],
    "hu": ["a főnököm elvette az útlevelemet", "nem fizettek ki ket honapja"],
}

OTHERS = {
    "it": "il mio capo non mi paga da due mesi e non so cosa fare",
    "tl": "hindi po ako binabayaran ng amo ko at hawak nila ang pasaporte ko",
    "hi": "मेरे मालिक ने मेरा पासपोर्ट ले लिया है",
    "bn": "আমার মালিক আমার পাসপোর্ট নিয়ে গেছে",
    "pa": "ਮੇਰਾ ਮਾਲਕ ਪੈਸੇ ਨਹੀਂ ਦਿੰਦਾ",
    "fa": "صاحب کارم پاسپورتم را گرفته و پس نمی‌دهد",
    "ti": "ሓገዝ የድልየኒ ኣሎ በጃኹም",
    "am": "እባክዎ እርዱኝ ደመወዜን አልከፈሉኝም",
    "th": "นายจ้างยึดหนังสือเดินทางของฉัน",
    "ka": "ჩემმა უფროსმა პასპორტი წამართვა",
    "el": "το αφεντικό μου κρατάει το διαβατήριο",
    "sw": "mwajiri wangu amechukua pasipoti yangu na hanilipi mshahara",
}

ROMANISED = {
    "hi": ["mere malik ne mera passport le liya hai", "mujhe yahan se jana hai madad karo"],
    "bn": ["amar malik amar passport niye geche ami ki korbo", "ami ekhane theke jete chai"],
}


def learned(languages: Languages) -> set[str]:
    return set(languages.letters.codes) if languages.letters else set()


@pytest.mark.parametrize("code", sorted(NATIVE))
def test_a_language_with_own_sentences_is_recognised(languages: Languages, code: str) -> None:
    assert code in learned(languages), f"no sentences in {code}"
    found = {text: languages.detect(text, chosen=None).code for text in NATIVE[code]}
    assert set(found.values()) == {code}, found


@pytest.mark.parametrize("code", sorted(OTHERS))
def test_a_language_without_own_sentences_is_recognised(languages: Languages, code: str) -> None:
    assert languages.detect(OTHERS[code], chosen=None).code == code


@pytest.mark.parametrize("code", sorted(ROMANISED))
def test_a_language_typed_in_latin_letters_is_recognised(languages: Languages, code: str) -> None:
    found = {text: languages.detect(text, chosen=None).code for text in ROMANISED[code]}
    assert set(found.values()) == {code}, found


@pytest.mark.parametrize(
    "text", ["", " ", "ok", "112", "OK!", "🆘", "...", "?", "x", "haha", "+32 3 201 16 90", "Payoke"]
)
def test_a_message_without_language_is_not_guessed_at(languages: Languages, text: str) -> None:
    assert languages.detect(text, chosen=None) == Detected(None, 0.0, False)


@pytest.mark.parametrize("text", ["hello", "merci", "stop", "help", "ja", "salam"])
def test_a_word_of_all_languages_is_never_sure(languages: Languages, text: str) -> None:
    assert not languages.detect(text, chosen=None).sure


def test_what_the_person_chose_wins(languages: Languages) -> None:
    assert languages.detect("where do i find you on monday", chosen="ro") == Detected("ro", 1.0, True)
    assert languages.detect("ok", chosen="pt-BR").code == "pt"


def test_a_choice_that_is_none_is_ignored(languages: Languages) -> None:
    assert languages.detect("waar kan ik jullie vinden maandag", chosen="??!").code == "nl"


def test_a_hint_tips_the_balance_but_makes_nothing_up(languages: Languages) -> None:
    header = ["nl-BE,nl;q=0.9,en;q=0.8"]
    assert languages.detect("ok", chosen=None, hints=header) == Detected(None, 0.0, False)
    assert languages.detect("où puis-je dormir cette nuit", chosen=None, hints=header).code == "fr"
    plain = languages.detect("contact", chosen=None)
    hinted = languages.detect("contact", chosen=None, hints=["nl"])
    assert hinted.code in {"nl", plain.code, None}


@pytest.mark.parametrize(
    "text",
    [
        "treba mi neko ko moze da mi objasni moja prava ovde",
        "gazda nam nije platio vec tri meseca a obecao je",
        "mogu li da dodjem kod vas bez licne karte",
        "zna li netko gdje mogu dobiti savjet, ne govorim francuski",
    ],
)
def test_serbian_and_croatian_without_marks_are_not_bulgarian(languages: Languages, text: str) -> None:
    assert languages.detect(text, chosen=None).code in {"sr", "hr", "bs"}


def test_letters_that_are_noise_are_not_english(languages: Languages) -> None:
    for text in ("qzx wvk jjj pqr", "brrrt zzk", "asdkjh qwlke zxmcn"):
        found = languages.detect(text, chosen=None)
        assert not (found.code == "en" and found.sure), text


def test_without_a_trained_model_it_still_answers(tmp_path: Path) -> None:
    bare = Languages.load(tmp_path, tmp_path / "languages.yml")
    assert bare.detect("mon patron garde tous mes papiers dans son bureau", chosen=None).code == "fr"
    assert bare.detect("мой начальник забрал паспорт, и я не знаю, куда мне теперь идти", chosen=None).code == "ru"
    assert bare.detect("ok", chosen=None).code is None


def test_a_language_of_the_register_alone_is_considered(tmp_path: Path) -> None:
    register = tmp_path / "languages.yml"
    register.write_text("languages:\n- {code: eo, name: Esperanto}\n", encoding="utf-8")
    text = "mi ne scias kien iri kaj mia estro ne pagas min"
    assert Languages.load(tmp_path, register).detect(text, chosen=None).code == "eo"
    assert Languages.load(tmp_path, tmp_path / "none.yml").detect(text, chosen=None).code != "eo"


@pytest.mark.parametrize("text", ["help", "ok", "Hello ja", "passport?"])
def test_a_word_of_every_language_is_of_none_before_anything_was_learned(text: str) -> None:
    assert _bare().detect(text, chosen=None) == Detected(None, 0.0, False)
    assert _bare().detect(text, chosen="nl").code == "nl"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.one_of(st.none(), st.text(max_size=8)))
def test_no_text_breaks_it(text: str, chosen: str | None) -> None:
    found = _bare().detect(text, chosen=chosen, hints=[text])
    assert found.code is None or found.code.isascii()
    assert 0 <= found.confidence <= 1
    assert found.code is not None or not found.sure


@pytest.mark.parametrize("text", ["\x00", "\ud800\udfff", "a" * 100_000, "ﷺ" * 5000, "\u202e" * 99, "a\u0301" * 9000])
def test_hostile_text_is_survived(languages: Languages, text: str) -> None:
    assert isinstance(languages.detect(text, chosen=None, hints=[text]), Detected)


_cache: list[Languages] = []


def _bare() -> Languages:
    if not _cache:
        _cache.append(Languages.load(Path("/nonexistent"), Path("/nonexistent")))
    return _cache[0]
