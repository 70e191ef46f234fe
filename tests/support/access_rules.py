"""The rules of `tests/process/web/test_access.py`: who may do what, and a request that is right for each route."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

ANYBODY, PERSON, DESK, OWNER = "anybody", "the person with the token", "whoever is logged in", "the owner of the case"
COORDINATOR = "whoever coordinates"
EITHER = "the owner of the case, or whoever coordinates while somebody owns it"
BY_NUMBER = "the owner of the case whose number is in the body, or whoever coordinates"
# An administrator, who is on another side of all this, is in tests/process/desk/test_roles.py.

RULES = {
    ("GET", "/"): ANYBODY,
    ("GET", "/words/{lang}"): ANYBODY,
    ("GET", "/words/{lang}/within"): ANYBODY,
    ("GET", "/words/{lang}/picture"): ANYBODY,
    ("GET", "/about/{lang}/{page}"): ANYBODY,
    ("GET", "/leave"): ANYBODY,
    ("GET", "/embed.js"): ANYBODY,
    ("GET", "/talk"): ANYBODY,
    ("POST", "/talk"): ANYBODY,  # the key is in the form
    ("GET", "/health"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
    ("HEAD", "/openapi.json"): ANYBODY,
    ("GET", "/desk"): ANYBODY,  # a shell that holds nothing
    ("GET", "/desk/practice"): ANYBODY,  # the same
    ("GET", "/desk/invite/{secret}"): ANYBODY,  # the secret is in the path
    ("POST", "/desk/invite/{secret}"): ANYBODY,
    ("POST", "/desk/login"): ANYBODY,
    ("POST", "/desk/login/challenge"): ANYBODY,  # a challenge, the same for everybody
    ("POST", "/api/conversations"): ANYBODY,
    ("POST", "/api/conversations/restore"): ANYBODY,  # the code is in the body
    ("DELETE", "/api/conversations"): PERSON,
    ("DELETE", "/api/access"): PERSON,
    ("GET", "/api/key"): PERSON,
    ("POST", "/api/messages"): PERSON,
    ("GET", "/api/messages"): PERSON,
    ("POST", "/api/choices"): PERSON,
    ("POST", "/api/language"): PERSON,
    ("POST", "/api/writing"): PERSON,
    ("GET", "/api/events"): PERSON,
    ("GET", "/api/state"): PERSON,
    ("POST", "/desk/practice/begin"): DESK,
    ("GET", "/desk/api/session"): DESK,
    ("DELETE", "/desk/api/session"): DESK,
    ("POST", "/desk/api/session/here"): DESK,
    ("PUT", "/desk/api/session/language"): DESK,
    ("GET", "/desk/api/account"): DESK,
    ("DELETE", "/desk/api/account/sessions"): DESK,
    ("DELETE", "/desk/api/account/sessions/{one}"): DESK,
    ("GET", "/desk/api/phones"): DESK,
    ("POST", "/desk/api/phones"): DESK,
    ("POST", "/desk/api/phones/here"): DESK,
    ("DELETE", "/desk/api/phones/own/{one}"): DESK,
    ("POST", "/desk/api/account/challenge"): DESK,
    ("POST", "/desk/api/account/confirm"): DESK,
    ("POST", "/desk/api/factors/challenge"): DESK,
    ("POST", "/desk/api/factors/passkeys"): DESK,
    ("DELETE", "/desk/api/factors/passkeys/{one}"): DESK,
    ("POST", "/desk/api/factors/recovery-codes"): DESK,
    ("GET", "/desk/api/queue"): DESK,
    ("GET", "/desk/api/queue/{case_id}/alike"): DESK,
    ("GET", "/desk/api/events"): DESK,
    ("POST", "/desk/api/invites"): COORDINATOR,
    ("DELETE", "/desk/api/invites/{invite}"): COORDINATOR,
    ("GET", "/desk/manage"): ANYBODY,  # a shell that holds nothing
    ("GET", "/desk/handover"): ANYBODY,  # the same
    ("GET", "/desk/api/handover"): DESK,  # numbers, names and fixed words
    ("GET", "/desk/api/opening-hours"): DESK,
    ("PUT", "/desk/api/opening-hours"): COORDINATOR,
    ("GET", "/desk/api/partners"): DESK,
    ("POST", "/desk/api/partners"): COORDINATOR,
    ("PUT", "/desk/api/partners/{partner}"): COORDINATOR,
    ("DELETE", "/desk/api/partners/{partner}"): COORDINATOR,
    ("GET", "/desk/api/replies"): DESK,  # one's own, and those of the organisation
    ("POST", "/desk/api/replies/own"): DESK,
    ("PUT", "/desk/api/replies/own/{name}"): DESK,
    ("DELETE", "/desk/api/replies/own/{name}"): DESK,
    ("POST", "/desk/api/replies/shared"): COORDINATOR,
    ("PUT", "/desk/api/replies/shared/{reply_id}"): COORDINATOR,
    ("DELETE", "/desk/api/replies/shared/{reply_id}"): COORDINATOR,
    ("GET", "/desk/api/people"): COORDINATOR,
    ("POST", "/desk/api/people/{caseworker}/confirm"): COORDINATOR,
    ("PUT", "/desk/api/people/{caseworker}/role"): COORDINATOR,
    ("PUT", "/desk/api/people/{caseworker}/access"): COORDINATOR,
    ("GET", "/desk/api/audit"): COORDINATOR,
    ("GET", "/desk/api/audit/check"): COORDINATOR,
    ("GET", "/desk/api/figures"): COORDINATOR,
    ("GET", "/desk/api/figures/csv"): COORDINATOR,
    ("POST", "/desk/api/looks"): COORDINATOR,
    ("POST", "/desk/api/exports"): BY_NUMBER,
    ("POST", "/desk/api/cases/{case_id}/claim"): DESK,  # refused when it has another owner: see below
    ("GET", "/desk/api/cases/{case_id}/messages"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/messages"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/seen"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/writing"): OWNER,
    ("POST", "/desk/api/cases/{number}/heard"): DESK,  # refused when it has another owner
    ("POST", "/desk/api/cases/{case_id}/release"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/close"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/translations"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/translations/told"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/drafts"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/drafts/back"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/drafts/alternatives"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/transfer"): OWNER,
    ("DELETE", "/desk/api/cases/{case_id}/transfer"): OWNER,  # and the colleague: tests/process/desk/test_case_work.py
    ("POST", "/desk/api/cases/{case_id}/transfer/accept"): OWNER,  # whom it is offered to, before: the same
    ("POST", "/desk/api/cases/{case_id}/to-bot"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/assign"): COORDINATOR,
    ("POST", "/desk/api/cases/{case_id}/reopen"): OWNER,  # anybody, when it is closed: the same
    ("GET", "/desk/api/cases/{case_id}/canned/{own}"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/canned"): OWNER,
    ("GET", "/desk/api/cases/{case_id}/notes"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/notes"): OWNER,
    ("GET", "/desk/api/cases/{case_id}/plan"): OWNER,
    ("PUT", "/desk/api/cases/{case_id}/plan"): OWNER,
    ("GET", "/desk/api/cases/{case_id}/card"): OWNER,
    ("PUT", "/desk/api/cases/{case_id}/summary"): OWNER,
    ("PUT", "/desk/api/cases/{case_id}/urgency"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/deadlines"): OWNER,
    ("DELETE", "/desk/api/cases/{case_id}/deadlines/{name}"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/links"): OWNER,
    ("DELETE", "/desk/api/cases/{case_id}/links/{name}"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/return-code"): OWNER,
    ("PUT", "/desk/api/cases/{case_id}/mute"): EITHER,
    ("DELETE", "/desk/api/cases/{case_id}/mute"): EITHER,
    ("GET", "/desk/api/cases/{case_id}/held"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/held/{name}"): OWNER,
    ("DELETE", "/desk/api/cases/{case_id}/held/{name}"): OWNER,
    ("GET", "/desk/api/cases/{case_id}/centres"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/centres/ask"): OWNER,
    ("POST", "/desk/api/cases/{case_id}/hand-over"): OWNER,
    ("GET", "/desk/api/follow-ups"): DESK,  # days and case numbers
    ("DELETE", "/desk/api/follow-ups/{case_id}"): DESK,  # refused when it has another owner
    ("GET", "/desk/api/closed"): DESK,  # case numbers
    ("GET", "/desk/api/colleagues"): DESK,
    ("GET", "/desk/api/skills"): DESK,
    ("PUT", "/desk/api/skills"): DESK,
    ("GET", "/desk/api/alias"): DESK,
    ("PUT", "/desk/api/alias"): DESK,
    ("GET", "/desk/calendar/{token}.ics"): ANYBODY,  # the token is signed
    ("POST", "/desk/api/claims"): DESK,
    ("GET", "/desk/api/translation/{own}"): DESK,
    ("GET", "/desk/api/facts"): DESK,  # an empty list for all but coordinators
    ("GET", "/desk/api/rota"): DESK,
    ("POST", "/desk/api/rota/overrides"): COORDINATOR,
    ("DELETE", "/desk/api/rota/overrides/{override}"): COORDINATOR,
    ("GET", "/page/{token}"): ANYBODY,  # the token is signed
    ("POST", "/page/{token}"): ANYBODY,
}
MOUNTED = {"/static"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
COORDINATES = {
    ("POST", "/desk/api/cases/{case_id}/assign"),  # at two in the morning, and it is in the log
    ("PUT", "/desk/api/opening-hours"),  # of no person, and nobody's access
    ("POST", "/desk/api/partners"),  # of no person, and nobody's access
    ("PUT", "/desk/api/partners/{partner}"),
    ("DELETE", "/desk/api/partners/{partner}"),
    ("POST", "/desk/api/replies/shared"),  # the same
    ("PUT", "/desk/api/replies/shared/{reply_id}"),
    ("DELETE", "/desk/api/replies/shared/{reply_id}"),
    ("POST", "/desk/api/looks"),  # nothing leaves the house, and it is in the log with its reason
    ("POST", "/desk/api/rota/overrides"),
    ("DELETE", "/desk/api/rota/overrides/{override}"),
}
"""What a coordinator alone may do without giving the password again."""


REPLY = {"title": "Here", "text": "I am here.", "language": "en"}


def asks_again(method: str, path: str) -> bool:
    """Whether this is of the kind for which the password is asked again: taking a case out of the house, whatever only
    coordinators may change, keys, and one's own second factors."""
    kind = RULES[method, path] in {COORDINATOR, BY_NUMBER}
    kind |= path.startswith(("/desk/api/factors", "/desk/api/exports", "/desk/api/people", "/desk/api/keys"))
    return kind and method in CHANGES and (method, path) not in COORDINATES


NO_TOKEN = frozenset({("POST", "/desk/practice/begin")})
"""The page of the practice desk has no token of the real one: it comes from our pages, and changes nothing there."""


def body(method: str, path: str, linked: str = "ZZ-ZZZ") -> dict[str, Any] | None:
    """A request that is right in everything but, perhaps, who sends it."""
    return {
        ("POST", "/api/conversations"): {"language": "en"},
        ("POST", "/api/conversations/restore"): {"return_code": "six words that open nothing here"},
        ("POST", "/api/messages"): {"id": str(uuid4()), "text": "hello"},
        ("POST", "/api/choices"): {"id": str(uuid4()), "choice": "1.x"},
        ("POST", "/api/language"): {"id": str(uuid4()), "language": "fr"},
        ("POST", "/desk/login"): {"name": "x", "password": "x", "code": "1"},
        ("POST", "/desk/invite/{secret}"): {"password": "x" * 12, "totp_secret": "A" * 32, "code": "1"},
        ("POST", "/desk/practice/begin"): {"language": "nl"},
        ("PUT", "/desk/api/session/language"): {"language": "nl"},
        ("POST", "/desk/api/account/confirm"): {"password": "x", "code": "1"},
        ("POST", "/desk/api/factors/passkeys"): {
            "name": "phone",
            "passkey": {
                "id": "AA", "rawId": "AA", "type": "public-key",
                "response": {"clientDataJSON": "AA", "attestationObject": "AA"},
            },
        },
        ("PUT", "/desk/api/opening-hours"): {"week": [""] * 7, "closed": []},
        ("POST", "/desk/api/partners"): {"name": "House of women"},
        ("PUT", "/desk/api/partners/{partner}"): {"name": "House of women"},
        ("POST", "/desk/api/replies/own"): REPLY,
        ("PUT", "/desk/api/replies/own/{name}"): REPLY,
        ("POST", "/desk/api/replies/shared"): REPLY,
        ("PUT", "/desk/api/replies/shared/{reply_id}"): REPLY,
        ("POST", "/desk/api/invites"): {"name": f"Colleague {uuid4()}"},
        ("PUT", "/desk/api/people/{caseworker}/role"): {"role": "caseworker"},
        ("PUT", "/desk/api/people/{caseworker}/access"): {"active": True},
        ("POST", "/desk/api/looks"): {"number": "ZZ-ZZZ", "reason": "supervision"},
        ("POST", "/desk/api/exports"): {"number": "ZZ-ZZZ", "reason": "supervision", "form": "page"},
        ("POST", "/desk/api/cases/{case_id}/messages"): {"id": str(uuid4()), "text": "I am here"},
        ("POST", "/desk/api/cases/{case_id}/seen"): {"seq": 1},
        ("POST", "/desk/api/cases/{case_id}/close"): {"outcome": "helped"},
        ("POST", "/desk/api/cases/{case_id}/translations"): {"seqs": [1], "into": "nl"},
        ("POST", "/desk/api/cases/{case_id}/translations/told"): {"into": "nl"},
        ("POST", "/desk/api/cases/{case_id}/drafts"): {"text": "I am here", "own": "nl"},
        ("POST", "/desk/api/cases/{case_id}/drafts/back"): {"text": "I am", "original": "Ik ben", "own": "nl"},
        ("POST", "/desk/api/cases/{case_id}/drafts/alternatives"): {"text": "I am here", "own": "nl"},
        ("POST", "/desk/api/cases/{case_id}/transfer"): {"to": 1},
        ("POST", "/desk/api/cases/{case_id}/assign"): {"to": 1},
        ("POST", "/desk/api/cases/{case_id}/canned"): {"id": str(uuid4()), "reply": "here"},
        ("POST", "/desk/api/cases/{case_id}/notes"): {"id": str(uuid4()), "text": "whispers"},
        ("PUT", "/desk/api/cases/{case_id}/plan"): {"follow_up_on": "2026-12-03", "how": "only here"},
        ("PUT", "/desk/api/cases/{case_id}/summary"): {"text": "whispers"},
        ("PUT", "/desk/api/cases/{case_id}/mute"): {"hours": 1, "reason": "insults"},
        ("PUT", "/desk/api/cases/{case_id}/urgency"): {"urgency": "urgent", "reason": "person_safe"},
        ("POST", "/desk/api/cases/{case_id}/deadlines"): {"kind": "court", "day": "2026-12-03"},
        ("POST", "/desk/api/cases/{case_id}/links"): {"number": linked},
        ("POST", "/desk/api/cases/{case_id}/return-code"): {"id": str(uuid4())},
        ("POST", "/desk/api/cases/{case_id}/centres/ask"): {"to": 2, "id": str(uuid4())},
        ("POST", "/desk/api/cases/{case_id}/hand-over"): {"to": 2},
        ("PUT", "/desk/api/skills"): {"languages": ["nl"], "capacity": 50},
        ("POST", "/desk/api/phones"): {"endpoint": "https://push.example.org/an", "public": "AAAA", "auth": "AAAA"},
        ("POST", "/desk/api/phones/here"): {"endpoint": "https://push.example.org/an"},
        ("PUT", "/desk/api/alias"): {"name": "Maria"},
        ("POST", "/desk/api/rota/overrides"): {
            "caseworker": 1, "start": "2026-12-24T18:00:00+01:00", "end": "2026-12-25T08:00:00+01:00",
        },
    }.get((method, path))
