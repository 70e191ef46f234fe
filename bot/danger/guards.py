"""What makes an alarming sentence harmless: long past, denied, supposed, told about, or a figure of speech.

Guards are looked for around a match of a pattern, in its own sentence only, so that "three years ago he beat me. now
he is at the door" is not excused by its beginning. They hold for Dutch, French and English, like the patterns.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import regex


class Guard(StrEnum):
    """Why a match does not count in full."""

    PAST = "past"
    NEGATED = "negated"
    SUPPOSED = "supposed"
    TOLD = "told"
    FIGURE = "figure"
    HABIT = "habit"
    """Again and again, so not this minute: an emergency becomes urgent."""


_NUMBER = r"(?:\d+|a|een|une?|one|two|three|four|five|six|seven|eight|nine|ten|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|deux|trois|quatre|cinq|sept|huit|neuf|dix|several|few|enkele|paar|quelques|many|veel|some|last|past)"

_SENTENCE: Final = {
    Guard.PAST: regex.compile(
        rf"\b{_NUMBER} (?:full |long )?(?:years?|months?|weeks?) ago\b|\b(?:years|months|ages|long time) ago\b|\bused to\b|\bback then\b"
        r"|\bwhen i was (?:a (?:child|kid|girl|boy|teenager)|little|young|\d+)\b|\b(?:in|since) (?:19|20)[012]\d\b.{0,40}\b(?:but|now)\b"
        r"|\b(?:in|en) (?:19\d\d|20[01]\d|202[0-4])\b|\blast (?:year|summer|winter)\b|\bin the past\b|\bbefore i (?:escaped|left|came)\b"
        rf"|\b{_NUMBER} (?:jaar|jaren|maanden|maand|weken) geleden\b|\b(?:jaren|maanden|lang) geleden\b|\bvroeger\b|\bdestijds\b|\bindertijd\b"
        r"|\btoen ik (?:klein|kind|jong|nog|\d+|een kind)\b|\bvorig jaar\b|\bin het verleden\b|\bvoor ik (?:vlucht|ontsnap)"
        rf"|\bil y a (?:{_NUMBER}|longtemps|des|plus de|environ) ?(?:\w+ )?(?:ans?|annees?|mois|semaines)?\b(?<=ans?|annees?|mois|semaines|longtemps)"
        r"|\bautrefois\b|\ba l'?epoque\b|\bquand j'?etais\b|\bl'?annee (?:passee|derniere)\b|\bdans le passe\b|\bavant\b.{0,30}\b(?:maintenant|mais)\b"
    ),
    Guard.SUPPOSED: regex.compile(
        r"\bhow (?:do|can|could|would) (?:i|we|you|one) (?:recogni[sz]e|know|see|tell|spot)\b|\bhoe (?:herken|weet|zie|merk)|\bcomment (?:reconnaitre|savoir|voir|reperer)\b|\bwhat (?:if|would|happens if|do i do if|should .{1,15} if)\b|\bsuppose\b|\bimagine\b|\bhypothetical|\bif (?:someone|somebody|a (?:person|girl|woman|victim|worker|client)|anyone|people|one|you) \b"
        r"|\bwould you\b.{0,40}\bif\b|\bin case\b|\bin theory\b|\bwat als\b|\bstel (?:dat|je|nu)\b|\bveronderstel|\b(?:als|indien) (?:iemand|er iemand|een (?:meisje|slachtoffer|vrouw|persoon|werknemer)|men|je|mensen) \b"
        r"|\bmocht (?:er|iemand|een)\b|\btheoretisch\b|\bin theorie\b|\bet si\b|\bsi (?:quelqu'?un|une? (?:personne|fille|femme|victime|collegue|client)|on|jamais|un jour)\b|\bsupposons\b|\bimaginons\b|\bau cas ou\b|\ben theorie\b"
    ),
    Guard.TOLD: regex.compile(
        r"\b(?:film|movie|novel|tv series|episode|documentary|podcast|article|newspaper|thesis|essay|homework|lecture|workshop|journalist|reporter|research|researcher|exam|video ?game|netflix|theatre|dreamt|dreamed|nightmare|in (?:a|the) (?:book|series|game|play|song|dream)|for (?:school|class|my studies|a course))\b"
        r"|\b(?:boek|aflevering|documentaire|artikel|krant|scriptie|thesis|werkstuk|huiswerk|vorming|cursus|lezing|journaliste?|onderzoeker|leerkracht|voor school|examen|spelletje|toneel|gedroomd|droomde|nachtmerrie)\b"
        r"|\b(?:livre|roman|serie|episode|documentaire|article|memoire|formation|conference|journaliste|etudiante? en|chercheuse|en classe|pour (?:l'?ecole|un cours|mes etudes)|examen|jeu video|chanson|theatre|j'?ai reve|cauchemar)\b"
    ),
    Guard.FIGURE: regex.compile(
        r"\b(?:dying|die|died|dead) (?:of|from|with) (?:laughter|laughing|boredom|shame|hunger lol|curiosity|embarrassment)\b|\b(?:work|job|heat|traffic|noise|back|feet|head|homework|exam|suspense|prices?|boots|shoes) (?:is |are |'s )?(?:really |just |literally )?killing (?:me|us)\b"
        r"|\b(?:battery|phone|laptop|car) (?:is|died|was) ?(?:dead|died)?\b.{0,15}dead\b|\b(?:joking|kidding|lol|haha|hihi|just a joke)\b|\bfiguurlijk\b|\bgrapje\b|\bje rigole\b|\bmort de rire\b|\bmdr\b|\bptdr\b"
        r"|\blach(?:en|te)? me (?:dood|kapot|krom|een bult)\b|\b(?:werk|hitte|rug|voeten|lawaai|examens?) .{0,12}(?:maakt|doet) (?:me|mij) (?:kapot|dood)\b|\b(?:travail|boulot|chaleur|dos|bruit|examens?) .{0,8}me tue(?:nt)?\b"
    ),
    Guard.HABIT: regex.compile(
        r"\b(?:every (?:night|day|evening|week|weekend|time|morning)|each (?:night|day|time)|always|often|sometimes|most nights|at night|usually|whenever|when he (?:drinks|is drunk))\b"
        r"|\b(?:elke (?:nacht|dag|avond|week|keer|morgen)|iedere (?:nacht|dag|avond|keer)|altijd|vaak|soms|'?s nachts|telkens|als hij (?:drinkt|zat is|gedronken))\b"
        r"|\b(?:chaque (?:nuit|jour|soir|fois|semaine|matin)|tous les (?:jours|soirs|matins)|toutes les (?:nuits|semaines)|toujours|souvent|parfois|la nuit|quand il (?:boit|a bu))\b"
    ),
}

_BEFORE: Final = regex.compile(
    r"(?:\bnobody|\bno one|\bnever|\bnot true(?: that)?|\bit'?s not (?:that|like)|\bnot because|\bnot as if|\bwithout|\bno longer|\bdidn'?t say(?: that)?|\bdoesn'?t mean|\bstopped|\bi'?m not saying(?: that)?"
    r"|\bniemand|\bnooit|\bniet (?:waar )?dat|\bniet omdat|\bzonder(?: dat)?|\bniet meer|\bgeen|\bpersonne(?: ne)?|\bjamais|\bce n'?est pas que|\bpas (?:vrai )?que|\bsans(?: que)?|\bplus)"
    r"(?: \w+)?[ ]?$"
)
_INSIDE: Final = regex.compile(
    r"\b(?:i'?m|i am|we are|we'?re|she is|he is|she'?s) not (?:being |getting )?(?:locked|beaten|hit|bleeding|hurt|trapped)|\b(?:doesn'?t|does not|don'?t|never|didn'?t|has never|have never) (?:ever )?(?:beat|hit|kick|hurt|touch|lock|rape|threaten)"
    r"|\b(?:ben|zit|is|zijn|word) (?:ik )?(?:niet|nooit) (?:opgesloten|geslagen|gewond|verkracht)|\b(?:slaat|sloeg|sluit|klopt) (?:mij|me|ons|haar) (?:niet|nooit)\b|\b(?:niet|nooit) (?:geslagen|opgesloten|verkracht|gewond)"
    r"|\b(?:suis|est|sommes) (?:pas|plus|jamais) (?:enferme|frappe|battu|blesse|attache|sequestre)|\b(?:frappe|bat|enferme|touche|tape) (?:pas|plus|jamais)\b|\b(?:pas|jamais) (?:ete )?(?:violee?|frappee?|enfermee?|battue?)"
)
_BREAK: Final = regex.compile(r"[.!?;\n\u3002\uff01\uff1f]+(?=\s|$)")


def around(text: str, start: int, end: int) -> frozenset[Guard]:
    """The guards that hold for the match `text[start:end]`; `text` is folded."""
    left, right = 0, len(text)
    for stop in _BREAK.finditer(text):
        if stop.end() <= start:
            left = stop.end()
        elif stop.start() >= end:
            right = stop.end()
            break
    sentence = text[left:right]
    found = {guard for guard, pattern in _SENTENCE.items() if pattern.search(sentence, timeout=0.05)}
    if _BEFORE.search(text[max(left, start - 40) : start]) or _INSIDE.search(sentence):
        found.add(Guard.NEGATED)
    return frozenset(found)
