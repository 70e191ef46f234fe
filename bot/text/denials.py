"""What comes after a denial and a "but": "he does not hit me, but he locks me in". To a model that reads a message as
one, what is denied in its first half hides what is said in its second. Pure.
"""

from __future__ import annotations

import re
from typing import Final

from bot.text.normalise import clean, fold

BUT: Final = {
    "ar": "لكن|ولكن|لكنه|لكنها|لكنهم|ولكنه|ولكنها|بس|غير",
    "bg": "но|ама|обаче|ала",
    "bn": "কিন্তু|তবে",
    "de": "aber|jedoch|doch|dafür",
    "en": "but|however|yet|only that",
    "es": "pero|sin embargo|solo que",
    "fa": "ولی|اما|ولیکن",
    "fr": "mais|par contre|sauf que|pourtant",
    "hi": "लेकिन|मगर|परंतु|पर",
    "hu": "de|viszont|azonban",
    "it": "ma|però|invece|solo che",
    "nl": "maar|alleen|echter",
    "pl": "ale|lecz|jednak|natomiast",
    "pt": "mas|porém|só que|contudo",
    "ro": "dar|însă|doar că",
    "ru": "но|зато|однако",
    "sq": "por|mirëpo|veç|megjithatë",
    "sr": "ali|međutim|али|међутим",
    "th": "แต่",
    "tl": "pero|ngunit|kaso|subalit",
    "tr": "ama|fakat|ancak|lakin",
    "uk": "але|зате|однак|проте",
    "vi": "nhưng|nhưng mà",
    "zh": "但是|可是|不过|但|却",
}
"""Words that begin the other half, by language."""

DENIED: Final = {
    "ar": r"ما|لا|لم|لن|مش|مو|ليس|مافي|محد|\w+ش",
    "bg": "не|няма|никой|никога|нито",
    "bn": "না|নেই|নাই|নি|নাহ",
    "de": r"nicht|nich|nie|niemals|niemand|kein\w*",
    "en": r"not|\w+n't|dont|doesnt|didnt|isnt|wasnt|aint|never|no|nobody|cannot|cant|wont|neither",
    "es": "no|nunca|nadie|jamás|tampoco|ni",
    "fa": r"نمی\w*|نمی|نیست|نه|هیچ|هیچکس|ن\w{3,}",
    "fr": r"ne|n'\w+|pas|jamais|personne|aucun",
    "hi": "नहीं|नही|मत|कोई नहीं",
    "hu": "nem|soha|senki|sem|ne",
    "it": "non|mai|nessuno",
    "nl": "niet|nooit|geen|niemand|nie",
    "pl": "nie|nigdy|nikt",
    "pt": "não|nunca|ninguém|nem|n",
    "ro": r"nu|n-\w+|niciodată|nimeni|nici",
    "ru": "не|никто|никогда|ни|нет",
    "sq": r"nuk|nk|s'\w+|ska|mos|askush|kurrë|as",
    "sr": "ne|nije|nisu|nema|niko|nikad|не|није|нема|нико",
    "th": "ไม่",
    "tl": "hindi|di|wala|walang|hinde|d",
    "tr": r"\w+m[iıuü]yor\w*|\w+m[ae]z\w*|\w+m[ae]d[iı]\w*|değil|hiç|yok|asla",
    "uk": "не|ніхто|ніколи|ні|нема",
    "vi": "không|ko|k|hông|chưa|chẳng|hk",
    "zh": "不|没|沒|未",
}
"""Words by which the first half denies something."""

LEAST: Final = 2
"""Words, or four signs of a script without spaces, of a half that says something."""
UNSPACED: Final = frozenset({"zh", "th"})


def _any(words: str, lang: str) -> re.Pattern[str]:
    whole = "{}" if lang in UNSPACED else r"(?<!\w)(?:{})(?!\w)"
    return re.compile(whole.format("|".join(fold(clean(word)) for word in words.split("|"))))


_BUT: Final = {lang: _any(words, lang) for lang, words in BUT.items()}
_DENIED: Final = {lang: _any(words, lang) for lang, words in DENIED.items()}


def after_denial(text: str, lang: str | None) -> str | None:
    """The part of `text` after its last "but", as it was written, where something is denied before it; else None.
    `text` is as it is read in `lang`."""
    but = _BUT.get(lang or "")
    if but is None:
        return None
    text = clean(text)
    level = text.translate({ord(letter): one for letter in set(text) if len(one := fold(letter)) == 1})
    found = next(iter(reversed(list(but.finditer(level)))), None)
    if found is None or not _DENIED[lang or ""].search(fold(text[: found.start()])):
        return None
    before, after = text[: found.start()].strip(" ,.;:-"), text[found.end() :].strip(" ,.;:-")
    return after if _says(before, lang) and _says(after, lang) else None


def _says(half: str, lang: str | None) -> bool:
    return len(half) >= 2 * LEAST if lang in UNSPACED else len(half.split()) >= LEAST
