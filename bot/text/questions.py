"""The questions of a message, one by one: what is asked in it, each with what was told about it. Pure.

`They took my passport. What can I do?` is one question, told in two sentences; `Is it free? And may I work?` are two.
What a part is about is not decided here: whoever understands it may find that both are about the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from bot.text.normalise import fold

MOST: Final = 4
"""More questions of one message than this are not looked at."""

LONG: Final = 1000
"""Characters of a message above which it is a story, and is not divided."""

_SENTENCE: Final = re.compile(r"(?:[^.!…?\u037e\u061f。！？\n]|\.(?=[^\s.!?…\"'»”)]))*[.!…?\u037e\u061f。！？\n]*")
"""To its mark or the end of its line; a point within a number or an address ends none."""
_ASKED: Final = re.compile(r"[?\u037e\u061f？]")
_TOKEN: Final = re.compile(r"[\u3400-\u9fff]|(?:[^\W\u3400-\u9fff]|[\u0300-\u036f\u064b-\u065f\u0670])+|[,،，、;；]")
_BETWEEN_DIGITS: Final = re.compile(r"\d,\d")
_COMMA: Final = frozenset(",،，、;；")
_AROUND: Final = " ,،，、;；"
_TOLD: Final = (".", "!", "。", "！")
_WINDOW: Final = 4
"""Words of a clause among which one must be a question word. In a second one fewer; what ends as a statement begins
with it, or it is one ("I have nowhere to sleep.")."""
_UNDIVIDED: Final = 10
"""Words, or signs of Chinese, from which a text that nothing divides is looked at in halves."""
_NEAR: Final = 2
_LONGEST: Final = 6
"""Words of the longest phrase below."""
_WRITTEN_ON: Final = {"ar": "و"}
"""What is written onto the word that it joins."""


@dataclass(frozen=True)
class _Words:
    """Words of one language, `_` for a space. `joins`: and, also. `asks`: a question word, near the beginning of a
    clause. `first`: what begins a question. `soft`: the same of one that only its mark tells from a statement. `last`:
    what ends one. `anywhere`: a question word may stand at any place."""

    joins: str
    asks: str
    first: str = ""
    soft: str = ""
    last: str = ""
    anywhere: bool = False


_WORDS: Final = {
    "ar": _Words(
        "و كمان ايضا أيضا وايضا وأيضا كذلك وكذلك",
        "هل كيف اين متى ماذا لماذا كم من_هو ما_هي ما_هو واش شحال فين علاش كيفاش شنو شنوا وين شو ليش قديش ممكن ازاي"
        " امتى مين من_هي ميتى ايمتى وقتاش فوقاش شكون بشحال قداش كيفاه علاه لاش ليه ايه اش آش منين",
        "ا ما هو_هذا يمكنني",
        "استطيع اقدر نقدر عندكم يوجد كاين لازم خاصني",
    ),
    "bg": _Words(
        "и освен_това също а още",
        "ли как какво къде кога защо кой коя кои колко дали откъде кого чие чия за_какво какви каква",
        "",
        "мога трябва имам има имате ще може",
    ),
    "de": _Words(
        "und auch außerdem ausserdem noch",
        "wie was wo wann warum wer wen wem welche welcher welches wohin woher wieso wieviel"
        " wessen womit wofür wofuer wovon",
        "kann könnte können darf dürfen muss müssen soll ist sind gibt bekomme bekommt kriege habe hat haben brauche"
        " kostet werde wird werden sagt sagen erzählt helft helfen hilft bin ob gibts erfährt erfahren kriegen zahlt",
        "ich_kann ich_darf ich_muss",
    ),
    "en": _Words(
        "and also plus & another",
        "how what where when why who which whose whats wheres hows if whether",
        "can could may might must do does did is are am will would should shall have has u_guys",
        "i_can i_must you_tell you_have it_is its there_is i_have_to i_need_to",
    ),
    "es": _Words(
        "y e también tambien además ademas",
        "como que donde cuando por_que porque quien quienes cual cuales cuanto cuanta cuantos cuantas adonde si",
        "es_necesario es_obligatorio puedo podria puede pueden podeis tengo_que debo hay"
        " tienen teneis necesito hace_falta me_van van cuesta",
        "me lo le os les se es esto tengo voy",
    ),
    "fr": _Words(
        "et aussi puis également egalement",
        "comment que quoi ou quand pourquoi qui quel quelle quels quelles combien est_ce si lequel laquelle",
        "puis_je peut_on peux_je dois_je ai_je y_a_t_il faut_il avez_vous pouvez_vous etes_vous allez_vous vais_je"
        " c_est_quoi a_t_on faut",
        "je vous c_est on il_faut y_a j_ai ca",
    ),
    "hu": _Words(
        "és es meg továbbá tovabba valamint illetve",
        "hogyan hogy mit mi hol mikor miért ki kinek kit kivel kitől kitol"
        " miben miből mibol mivel hány hany mennyi mennyibe hova hová honnan milyen meddig melyik kaphatok"
        " lehet kell tudok mehetek van vehetek dolgozhatok e",
        "szabad ingyenes el_kell",
        "elmondjátok megkapom szólnak",
    ),
    "nl": _Words(
        "en ook bovendien daarnaast nog",
        "hoe wat waar wanneer waarom wie welke hoeveel hoelang waarheen of",
        "kan kunnen mag mogen moet moeten is zijn heb hebben heeft krijg krijgen ga gaan gaat wil kost vertellen vertel"
        " zeggen bestaat helpen zullen word wordt worden ben",
        "ik_kan ik_mag ik_moet jullie",
    ),
    "pl": _Words(
        "i a oraz też tez także takze jeszcze poza_tym",
        "czy jak co gdzie kiedy dlaczego czemu kto komu ile czego czym kim kogo czyj ktory jaki jaka jakie skąd dokąd",
        "mogę moge muszę musze można mozna",
        "mam jest macie to dostane",
    ),
    "pt": _Words(
        "e também tambem além_disso alem_disso",
        "como o_que que onde quando porque por_que quem qual quanto quantos quanta quantas quais aonde se",
        "é_preciso é_obrigatório posso poderia pode podem podes tenho_de tenho_que preciso devo há tem"
        " têm vocês_têm existe",
        "é eu_posso isto isso vocês vão me",
    ),
    "ro": _Words(
        "și si iar plus de_asemenea mai_si",
        "cum ce unde când cand de_ce cine cui cât cat câți cata câte cate care dacă daca",
        "pot puteți puteti poate trebuie există exista aveți aveti am_voie am_dreptul costă costa îmi imi",
        "este e o_sa sunt am mi spuneti se va voi",
    ),
    "ru": _Words(
        "и а ещё еще также плюс кроме_того",
        "ли как что где когда почему зачем кто кому сколько куда откуда какой какая какие"
        " какое каких чем чего кем кого чей можно нужно надо",
        "могу можете смогу",
        "вы мне у_вас есть это меня я_могу",
    ),
    "sq": _Words(
        "dhe edhe gjithashtu po",
        "si çfarë cfare ku kur pse kush kujt kë ke_kush sa cili cila cilat nëse nese a",
        "mund duhet është keni ka kam",
        "kushton me",
    ),
    "tr": _Words(
        "ve bir_de ayrıca ayrica hem peki ya",
        "mi mı mu mü miyim mıyım muyum müyüm misiniz mısınız musunuz müsünüz miyiz mıyız musun misin mısın müsün ne"
        " nasıl nerede nereye nereden kim kime ne_zaman neden niye kaç hangi acaba",
        anywhere=True,
    ),
    "uk": _Words(
        "і й та а ще також плюс крім_того",
        "чи як що де коли чому навіщо хто кому скільки куди звідки який яка які"
        " яке яких чим чого ким кого чий можна треба потрібно",
        "можу можете зможу",
        "ви мені у_вас є це мене я_можу",
    ),
    "vi": _Words(
        "và va còn con với_lại voi_lai ngoài_ra ngoai_ra thêm_nữa rồi",
        "gì đâu nào sao ai bao_nhiêu bao_lâu thế_nào làm_sao mấy có_phải có_thể được_không có_được",
        last="không chưa à hả ko k",
        anywhere=True,
    ),
    "zh": _Words(
        "还有 另外 而且 以及 并且 同时 顺便 再说 然后 那",
        "吗 嘛 呢 什么 怎么 怎样 哪里 哪儿 哪 谁 多少 几 多久 为什么 为何 能不能 可不可以 是否 要不要 会不会 是不是 "
        "有没有 需不需要 可否 么",
        anywhere=True,
    ),
}

_GREETING: Final = (
    "hello hi hey please pls plz ok okay so sorry hola bonjour salut hallo hoi buna czesc ola oi szia merhaba selam"
    " pershendetje chao здравейте привет здравствуйте добрый привіт вітаю مرحبا سلام 你 好 您 请 问"
)
_OPENING: Final = frozenset(map(fold, _GREETING.split()))
"""What may stand before a question."""


_Phrases = Mapping[str, Sequence[tuple[str, ...]]]
"""By their first word: at each word of a message those are looked at that may begin there, and no others."""


@dataclass(frozen=True)
class _Language:
    joins: _Phrases
    asks: _Phrases
    first: _Phrases
    soft: _Phrases
    last: frozenset[str]
    signs: bool
    anywhere: bool
    glued: str

    @property
    def least(self) -> int:
        """Words, or signs, that a second clause must have."""
        return 4 if self.signs else 3


def _phrases(words: str, signs: bool, read: Callable[[str], str] = str) -> _Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in words.split():
        whole = tuple(map(read, phrase if signs else phrase.split("_")))
        found.setdefault(whole[0], []).append(whole)
    return found


def _language(code: str, words: _Words) -> _Language:
    signs = code == "zh"
    asks, first, soft = (_phrases(found, signs, fold) for found in (words.asks, words.first, words.soft))
    return _Language(
        _phrases(words.joins, signs),
        asks,
        first,
        soft,
        last=frozenset(map(fold, words.last.split())),
        signs=signs,
        anywhere=words.anywhere,
        glued=_WRITTEN_ON.get(code, ""),
    )  # fmt: skip


_LANGUAGES: Final = {code: _language(code, words) for code, words in _WORDS.items()}
_ONLY_MARKS: Final = _Language({}, {}, {}, {}, frozenset(), False, False, "")


def questions(text: str, language: str | None) -> tuple[str, ...]:
    """Return the parts of `text` that ask, each with what is told before it; what is told last stands with the last.

    Empty where fewer than two ask, or where the text is longer than `LONG`; never more than `MOST`. `language` is the
    code of the language of the words: without one, or one that is not listed here, only marks divide.
    """
    if len(text) > LONG:
        return ()
    words = _LANGUAGES.get(language or "", _ONLY_MARKS)
    sentences = (match[0].strip() for match in _SENTENCE.finditer(text))
    found: list[str] = []
    told: list[str] = []
    for clause, asks in (clause for sentence in sentences for clause in _Sentence(sentence, words).clauses()):
        told.append(clause)
        if asks:
            found.append(_said(told, words))
            told = []
    if told and found:
        found[-1] = " ".join([found[-1], *told])
    different = tuple(dict.fromkeys(found))
    return different[:MOST] if len(different) > 1 else ()


def asks(text: str, language: str | None) -> bool:
    """Whether anything in the last `LONG` characters of `text` is asked, by a mark or by the words of the language."""
    words = _LANGUAGES.get(language or "", _ONLY_MARKS)
    sentences = (match[0].strip() for match in _SENTENCE.finditer(text[-LONG:]))
    return any(found for sentence in sentences for _, found in _Sentence(sentence, words).clauses())


def has_mark(text: str) -> bool:
    """Whether `text` has a question mark, of any script."""
    return _ASKED.search(text) is not None


def clauses(text: str, language: str | None) -> tuple[str, ...]:
    """Return the clauses of `text` that may be about something of their own, whether they ask or not.

    A clause is what is between marks, commas and words that join: three words or more, two where it asks by a mark
    (four signs in Chinese). Of a text of ten words or more that nothing divides, the two halves are returned: many
    write two things without a word or a mark between. Empty where the text is a short clause, and where it is a story:
    more than `MOST` clauses, or longer than `LONG`.
    """
    if len(text) > LONG:
        return ()
    words = _LANGUAGES.get(language or "", _ONLY_MARKS)
    sentences = (match[0].strip() for match in _SENTENCE.finditer(text))
    pieces = [piece for sentence in sentences for piece in _Sentence(sentence, words).pieces()]
    if len(pieces) == 1:
        return _Sentence(pieces[0], words).halves()
    said = dict.fromkeys(_said([piece], words) for piece in pieces if _Sentence(piece, words).is_long_enough())
    return tuple(said) if len(pieces) > 1 and len(said) <= MOST else ()


def _said(clauses: Sequence[str], words: _Language) -> str:
    """The clauses of one part, without the "and" at its beginning: what is asked is known better without it."""
    text = " ".join(clauses).lstrip(_AROUND)
    sentence = _Sentence(text, words)
    return text[sentence.begins_at() :]


class _Sentence:
    """The words of a sentence, where a question word begins and where "and" does."""

    def __init__(self, text: str, words: _Language) -> None:
        self._text = text
        self._words = words
        found = list(_TOKEN.finditer(text))
        self._places = [match.start() for match in found]
        written = [match[0].casefold() for match in found]
        self._folded = [fold(match[0]) for match in found]
        for number, match in enumerate(found):
            if match[0] == "," and _BETWEEN_DIGITS.match(text, max(0, match.start() - 1)):
                self._folded[number] = "3,50"  # a comma within a number joins nothing
        # "و" is written onto the word that it joins.
        asks, joint = words.asks, words.glued
        glued = [bool(joint) and w[:1] == joint and (w[1:],) in asks.get(w[1:], ()) for w in self._folded]
        self._glued = glued
        self._bare = [word[1:] if one else word for word, one in zip(self._folded, glued, strict=True)]
        self._asks = [bool(_longest(self._bare, place, words.asks)) for place in range(len(found))]
        self._joins = [_longest(written, place, words.joins) for place in range(len(found))]
        self._counted = [0, *accumulate(word not in _COMMA for word in self._folded)]
        self._marked = bool(_ASKED.search(text))
        self._told = text.endswith(_TOLD) and not self._marked

    def clauses(self) -> Iterator[tuple[str, bool]]:
        """Its clauses, and whether each asks: it is divided only between two that do."""
        if not self._folded:
            return
        begins, end = 0, len(self._folded)
        for place in range(1, end):
            if self._divides(place) and self._asked(begins, place) and self._asked(place, end, further=True):
                yield self._text[self._places[begins] : self._places[place]].strip(), True
                begins = place
        rest = self._text[self._places[begins] if begins else 0 :].lstrip(_AROUND)
        yield rest, self._marked or self._asked(begins, end)

    def pieces(self) -> Iterator[str]:
        """What is between its commas and the words that join; short ones stay with what is around them."""
        if not self._folded:
            return
        begins, end = 0, len(self._folded)
        for place in range(1, end):
            comma, after_comma = self._folded[place] in _COMMA, self._folded[place - 1] in _COMMA
            new = comma or (bool(self._joins[place] or self._glued[place]) and not after_comma)
            if new and min(self._count(begins, place), self._count(place, end)) >= self._words.least:
                yield self._text[self._places[begins] : self._places[place]].strip(_AROUND)
                begins = place
        if rest := self._text[self._places[begins] :].strip(_AROUND):
            yield rest

    def halves(self) -> tuple[str, ...]:
        """The first and the second half of its words; nothing, where they are few."""
        words = [place for place, word in zip(self._places, self._folded, strict=True) if word not in _COMMA]
        if len(words) < _UNDIVIDED:
            return ()
        middle = words[len(words) // 2]
        return self._text[:middle].strip(_AROUND), self._text[middle:].strip(_AROUND)

    def is_long_enough(self) -> bool:
        """Whether it may be about something."""
        least = self._words.least - (self._marked and not self._words.signs)
        return self._count(0, len(self._folded)) >= least

    def _count(self, begins: int, end: int) -> int:
        return self._counted[end] - self._counted[begins]

    def begins_at(self) -> int:
        """Where it begins after what joins it to the one before; at its beginning where little would be left."""
        end = len(self._folded)
        place = self._skip(0, end, frozenset())
        if end - place < _NEAR or not (place or self._glued[place]):
            return 0
        return self._places[place] + self._glued[place]

    def _divides(self, place: int) -> bool:
        """Whether a new clause may begin at `place`: at "and" or "also", or the comma before it; in Chinese at any
        comma, since there no subordinate clause follows one."""
        if self._folded[place] in _COMMA:
            after = place + 1
            return self._words.signs or (after < len(self._joins) and bool(self._joins[after] or self._glued[after]))
        return self._folded[place - 1] not in _COMMA and bool(self._joins[place] or self._glued[place])

    def _skip(self, begins: int, end: int, also: frozenset[str]) -> int:
        """Past commas, what joins, and the words `also`."""
        while begins < end:
            if self._folded[begins] in _COMMA or self._folded[begins] in also:
                begins += 1
            elif self._joins[begins]:
                begins += self._joins[begins]
            else:
                break
        return min(begins, end)

    def _asked(self, begins: int, end: int, further: bool = False) -> bool:
        """Whether the words from `begins` to `end` ask; `further`: they are not the first clause of the sentence."""
        begins = self._skip(begins, end, _OPENING)
        if begins == end or (further and end - begins < self._words.least):
            return False
        near = 1 if self._told else _NEAR if further else _WINDOW
        sought = end if self._words.anywhere and not self._told else min(end, begins + near)
        if any(self._asks[begins:sought]):
            return True
        if self._told:
            return False
        if _longest(self._bare, begins, self._words.first) or self._folded[end - 1] in self._words.last:
            return True
        return self._marked and bool(_longest(self._bare, begins, self._words.soft))


def _longest(words: Sequence[str], place: int, phrases: _Phrases) -> int:
    """How many words the longest phrase takes that stands at `place`; 0: none."""
    may = phrases.get(words[place])
    if may is None:
        return 0
    here = tuple(words[place : place + _LONGEST])
    return max((len(phrase) for phrase in may if here[: len(phrase)] == phrase), default=0)
