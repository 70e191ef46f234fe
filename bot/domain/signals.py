"""The signals of danger: what may be seen in a message, by their codes."""

from __future__ import annotations

from typing import Final

SIGNALS: Final = (
    "violence_now",
    "confined",
    "threat_to_life",
    "weapon",
    "medical_emergency",
    "suicide_risk",
    "sexual_violence",
    "being_moved",
    "discovered",
    "child_at_risk",
    "witnessed_now",
)
