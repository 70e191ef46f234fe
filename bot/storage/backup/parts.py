"""What is in which file of a backup. A table that is in none of the three lists fails a test."""

from __future__ import annotations

KEYS = (
    "installation", "organisations", "team_keys", "caseworkers", "team_wraps", "passkeys", "recovery_codes",
    "page_addresses", "phones", "telegram_chats", "telegram_messages", "telegram_updates", "tombstones", "audit_log",
    "audit_head", "recovery_keys", "closed_wraps", "conversation_wraps",
)  # fmt: skip
"""Whatever opens something, what was deleted, and who did what (as new as can be, and soon gone from backups: of its
times, too, only days are kept); each after what it refers to, the wraps of conversations last."""

BODIES = (
    "conversations", "messages", "sheets", "cases", "case_whys", "case_plans", "case_notes", "case_summaries",
    "case_deadlines", "case_links", "held_replies", "caseworker_skills", "partners", "opening_hours", "own_replies",
    "organisation_replies", "aliases", "ladders", "pages", "rota_overrides", "hole_warnings", "shift_notices", "outbox",
    "runs", "figures", "pictures",
)  # fmt: skip
"""Everything else, each after what it refers to. Refers to `caseworkers`, which therefore is restored before."""

LEFT_OUT = ("desk_sessions", "invites", "log_in_failures", "presence", "case_offers", "used_challenges")
"""Over by the time of a restore, or a way in for whoever restores: everybody logs in again."""

MADE = ("installation", "audit_head", "organisations")
"""Tables that the migrations fill: emptied before a restore fills them."""

PARTS = {"keys": KEYS, "bodies": BODIES}
