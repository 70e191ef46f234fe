"""The questions of each form, in their order: plain data, without a word of what is said.

A form is a row of questions asked one at a time: the self-check, a report, what a caseworker should know
before they read along.
"""

from __future__ import annotations

from dataclasses import dataclass

SELF_CHECK = "self_check"
REPORT = "report"
HANDOFF = "handoff"

ANSWERS = {
    "affirm": "yes",
    "deny": "no",
    "form_unsure": "unsure",
    "form_skip": "skip",
    "form_anonymous": "anonymous",
    "form_only_here": "only_here",
    "mode_share": "share",
    "mode_confidential": "confidential",
    "mode_anonymous": "anonymous",
}
"""What a button answers; own words are the answer ``told``, and stay in the gateway."""

TOLD = "told"
STARTS = {"start_self_check": SELF_CHECK, "start_report": REPORT, "start_handoff": HANDOFF}

YES_NO = ("affirm", "deny", "form_unsure")
MODES = ("mode_share", "mode_confidential", "mode_anonymous")


@dataclass(frozen=True)
class Question:
    """``buttons`` are intents; ``words``: the person's own words are an answer; ``near``: topics that an
    answer in own words sounds like, so that it is taken for one and not for another question."""

    name: str
    buttons: tuple[str, ...] = ()
    words: bool = False
    near: frozenset[str] = frozenset()
    skip: bool = True


def _sign(name: str, *near: str) -> Question:
    return Question(name, YES_NO, near=frozenset(near))


SIGNS = (
    _sign("movement", "family_safety", "domestic_work"),
    _sign("contacts", "phone_safety", "family_safety"),
    _sign("conditions", "unpaid_wages", "medical_care", "domestic_work"),
    _sign("sleep", "shelter", "domestic_work"),
    _sign("pay", "unpaid_wages"),
    _sign("documents", "documents_taken", "no_papers"),
    _sign("debt", "debt"),
    _sign("authorities", "police", "no_papers"),
    _sign("violence", "sexual_exploitation", "family_safety"),
)
"""Payoke's nine signs (``content/facts.yml``: nine_signs), in their order."""

CONTACT = frozenset({"contact_visit", "phone_safety", "not_ready", "goodbye", "talk_to_human", "report_anonymously"})
"""What words about when and how to be reached sound like ("you may call me at night")."""

PARTING = frozenset({"not_ready", "goodbye"})
"""What a time or a place of one or two words sounds like ("yesterday", "this morning"). To leave there is a button."""

SHARE = Question("share", ("affirm", "deny"), skip=False)
"""Asked after the result: without a yes to it no caseworker is shown the answers."""

FORMS: dict[str, tuple[Question, ...]] = {
    SELF_CHECK: SIGNS,
    REPORT: (
        Question("danger", YES_NO),
        Question("what", words=True, near=frozenset({"police", "phone_safety", "interpreter"})),
        Question("where", words=True, near=PARTING | {"contact_visit", "about_us"}),
        Question("when", words=True, near=PARTING | {"contact_visit", "duration"}),
        Question("people", words=True, near=PARTING),
        Question("reach", ("form_anonymous",), words=True, near=CONTACT),
    ),
    HANDOFF: (Question("mode", MODES), Question("contact", ("form_only_here",), words=True, near=CONTACT)),
}

COINCIDING = 2
"""So many signs together are worth a talk; it is never a verdict."""


def question(form: str, name: str) -> Question | None:
    """The question of a form by its name."""
    asked = (*FORMS.get(form, ()), *((SHARE,) if form == SELF_CHECK else ()))
    return next((q for q in asked if q.name == name), None)
