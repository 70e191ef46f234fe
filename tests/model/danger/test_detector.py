"""What counts as danger, through the door, on sentences that are not in the training data."""

from __future__ import annotations

import pytest

from bot.domain.model import Urgency
from bot.domain.signals import SIGNALS
from bot.understanding.danger import Danger
from tests.model.danger.conftest import Assess

EMERGENCIES = {
    "violence_now": ["he is hitting me right now please", "hij is mij nu aan het slaan", "il me frappe en ce moment"],
    "confined": [
        "they locked me in this room and took the key",
        "ik zit opgesloten in een kamer",
        "on m'a enfermée dans la cave",
    ],
    "threat_to_life": [
        "he says tonight he will kill me",
        "hij zegt dat hij mij vanavond gaat vermoorden",
        "il dit qu'il va me tuer ce soir",
    ],
    "weapon": [
        "he is here with a gun in his hand",
        "hij staat hier met een mes",
        "il a un couteau et il est dans la cuisine",
    ],
    "medical_emergency": [
        "she is not breathing",
        "ze bloedt heel erg en wordt niet wakker",
        "elle ne respire plus, elle est par terre",
    ],
    "suicide_risk": [
        "i am going to kill myself tonight",
        "ik ga vannacht een einde aan mijn leven maken",
        "je vais me tuer ce soir",
    ],
    "sexual_violence": ["he just raped me", "hij heeft mij net verkracht", "il vient de me violer"],
    "being_moved": [
        "they sell me to another house tonight",
        "ze brengen mij vannacht naar een ander land",
        "ils vont m'emmener dans un autre pays cette nuit",
    ],
    "discovered": [
        "he found out i am writing you and he is coming",
        "hij heeft mijn berichten gelezen en hij komt eraan",
        "il a trouvé mon téléphone, il arrive",
    ],
    "child_at_risk": [
        "he is beating my little daughter now",
        "hij slaat mijn kind nu",
        "il frappe mon bébé maintenant",
    ],
    "witnessed_now": [
        "i hear a woman screaming for help next door",
        "ik zie hoe een man een meisje in een auto sleurt",
        "j'entends une femme crier au secours chez les voisins",
    ],
}

HARMLESS = {
    "past": [
        "four years ago my husband beat me, i am divorced now",
        "vijf jaar geleden sloeg hij mij, nu ben ik veilig",
        "il y a cinq ans il me frappait, maintenant je vais bien",
    ],
    "negated": [
        "nobody hits me here and the door is open",
        "niemand slaat mij, ik ben niet opgesloten",
        "personne ne me frappe, je ne suis pas enfermée",
    ],
    "supposed": [
        "what if someone were locked in a house, who comes then?",
        "wat als iemand opgesloten zou zijn, wie komt er dan?",
        "et si quelqu'un était enfermé, qui viendrait ?",
    ],
    "told": [
        "in the film the girl is locked in a cellar and i have to write an essay",
        "voor school maak ik een werkstuk over een film waarin een vrouw wordt opgesloten",
        "dans le film que j'ai vu en classe une femme est enfermée dans une cave",
    ],
    "figure": ["this job is killing me haha", "ik lach me dood met jullie", "je suis mort de rire"],
}


@pytest.mark.parametrize("signal", sorted(EMERGENCIES))
def test_every_signal_is_seen_in_dutch_french_and_english(assess: Assess, signal: str) -> None:
    assert set(EMERGENCIES) == set(SIGNALS)
    for text in EMERGENCIES[signal]:
        found = assess(text)
        assert found.urgency is Urgency.EMERGENCY, (text, found)
        assert signal in found.signals, (text, found)
        assert found.why


def test_what_only_sounds_like_danger_pages_nobody(assess: Assess) -> None:
    """A learned model errs now and then, and errs towards danger: at most three of these fifteen."""
    texts = [text for kind in HARMLESS.values() for text in kind]
    flagged = [text for text in texts if assess(text).urgency is not Urgency.NONE]
    assert len(flagged) <= 3, flagged


@pytest.mark.parametrize(
    "text",
    [
        "er steht mit einem messer vor meiner tür",
        "он запер меня в комнате",
        "me ha encerrado y no puedo salir",
        "m-a incuiat in camera",
    ],
)
def test_languages_without_patterns_are_understood(assess: Assess, text: str) -> None:
    assert assess(text).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    "text", ["yes", "ok", "hello", "no", "ja", "oui", "merci", "thanks", "bye", "1", "?", "🙂", "112"]
)
def test_a_short_word_is_no_danger(assess: Assess, text: str) -> None:
    assert assess(text).urgency is Urgency.NONE


@pytest.mark.parametrize(
    "text", ["help", "HELP!!!", "heeelp", "hulp", "aidez-moi", "hilfe", "SOS", "🆘", "помогите", "救命"]
)
def test_a_bare_call_for_help_asks_instead_of_passing(assess: Assess, text: str) -> None:
    found = assess(text)
    assert (found.urgency, found.ask) == (Urgency.NONE, True)


@pytest.mark.parametrize(
    "text",
    [
        "where are you in antwerp and when are you open",
        "mijn baas betaalt mij al twee maanden niet",
        "combien de temps dure la procédure",
        "what is a reflection period",
    ],
)
def test_an_ordinary_question_is_no_danger(assess: Assess, text: str) -> None:
    assert assess(text).urgency is Urgency.NONE


def test_why_names_patterns_and_known_sentences_but_not_the_persons_words(assess: Assess) -> None:
    found = assess("Agnieszka here, he is hitting me right now please")
    assert any(reason.startswith("pattern en.") for reason in found.why)
    assert any(reason.startswith("like: ") for reason in found.why)
    assert not any("Agnieszka" in reason for reason in found.why)


def test_fragments_are_read_together(assess: Assess) -> None:
    assert assess("with a knife", ["he is", "at the door"]).urgency is Urgency.EMERGENCY
    assert assess("and she is bleeding", ["he took the key"]).urgency is Urgency.EMERGENCY
    assert assess("opgesloten", ["ik zit", "in een kamer"]).urgency is not Urgency.NONE


def test_together_is_never_lower_than_alone(assess: Assess) -> None:
    text = "he is hitting me right now please"
    calm = ["hello", "thank you for your answer", "what are your opening hours"]
    assert assess(text, calm).urgency is assess(text).urgency


@pytest.mark.parametrize("text", ["thank you", "ok", "merci beaucoup", "what are your opening hours", "👍"])
def test_an_old_danger_does_not_make_a_new_message_dangerous(assess: Assess, text: str) -> None:
    assert assess(text, ["he is hitting me right now", "please help"]).urgency is Urgency.NONE


def test_danger_at_the_end_of_a_long_message_is_seen(assess: Assess) -> None:
    long = "i came here two years ago to work in a restaurant and my uncle arranged the papers for me. " * 60
    assert assess(long + " now he has locked me in the cellar and he has a knife").urgency is Urgency.EMERGENCY


def test_without_a_vector_letters_and_patterns_still_work(danger: Danger) -> None:
    found = danger.assess("he is hitting me right now please", lang="en")
    assert found.urgency is Urgency.EMERGENCY
    assert danger.assess("thank you, what are your opening hours", lang="en").urgency is Urgency.NONE
