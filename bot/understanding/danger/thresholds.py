"""The thresholds of `content/danger.yml`, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class DangerSettingsError(ValueError):
    """`content/danger.yml` is missing a value or has one that makes no sense; names it."""


@dataclass(frozen=True, slots=True)
class DangerSettings:
    """Probabilities are 0..1 and calibrated. `*_letters` hold when there is no vector, `*traded` of that model's own
    probability."""

    danger: float
    ask: float
    emergency: float
    signal: float
    danger_letters: float
    ask_letters: float
    trusted: float
    traded: float
    ask_traded: float
    after_denial: float
    of_piece: float
    in_context: float
    particular: float
    card: float
    card_of: Mapping[str, float]
    """The same for some signals."""
    light_card: float
    light_both: float
    light_sure: float
    light_seen: float
    light_alone: float
    light_ask: float
    light_quiet: float
    context_messages: int
    context_characters: int
    context_floor: float
    missed_danger: float
    missed_emergency: float
    one_in: float

    def by_costs(self, others: float) -> float:
        """The calibrated probability where a missed danger and false alarms cost the same, by the stated costs alone:
        of the lines that calibrate there are `others` harmless ones to a danger. Nothing is judged by it; it is what
        the chosen `danger` is held against.
        """
        odds = 1 / self.missed_danger * (1 / others) / (1 / (self.one_in - 1))
        return odds / (1 + odds)


def load(path: Path) -> DangerSettings:
    """Read and check; raises `DangerSettingsError`. Danger is not guessed at: a broken file stops the start."""
    try:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        thresholds, letters = content["thresholds"], content["without_encoder"]
        context, costs = content["context"], content["costs"]
        settings = DangerSettings(
            danger=float(thresholds["danger"]),
            ask=float(thresholds["ask"]),
            emergency=float(thresholds["emergency"]),
            signal=float(thresholds["signal"]),
            danger_letters=float(letters["danger"]),
            ask_letters=float(letters["ask"]),
            trusted=float(content["patterns"]["trusted"]),
            traded=float(content["traded"]["danger"]),
            ask_traded=float(content["traded"]["ask"]),
            after_denial=float(content["after_denial"]["danger"]),
            of_piece=float(content["pieces"]["danger"]),
            in_context=float(content["context"]["danger"]),
            particular=float(thresholds["particular"]),
            card=float(thresholds["card"]),
            card_of={str(name): float(share) for name, share in thresholds["card_of"].items()},
            light_card=float(content["light"]["card"]),
            light_both=float(content["light"]["both"]),
            light_sure=float(content["light"]["sure"]),
            light_seen=float(content["light"]["seen"]),
            light_alone=float(content["light"]["alone"]),
            light_ask=float(content["light"]["ask"]),
            light_quiet=float(content["light"]["quiet"]),
            context_messages=int(context["messages"]),
            context_characters=int(context["characters"]),
            context_floor=float(context["floor"]),
            missed_danger=float(costs["missed_danger"]),
            missed_emergency=float(costs["missed_emergency"]),
            one_in=float(costs["one_in"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise DangerSettingsError(f"{path}: {error!r}") from error
    _check(path, settings)
    return settings


def _check(path: Path, settings: DangerSettings) -> None:
    pairs = (
        (settings.ask, settings.danger),
        (settings.ask_letters, settings.danger_letters),
        (settings.ask_traded, settings.traded),
    )
    for ask, danger in pairs:
        if not 0 < ask <= danger < 1:
            raise DangerSettingsError(f"{path}: needs 0 < ask <= danger < 1, has {ask} and {danger}")
    shares = (
        "emergency", "signal", "trusted", "context_floor", "after_denial", "of_piece", "in_context", "particular",
        "card", "light_card", "light_both", "light_sure", "light_seen", "light_alone",
        "light_ask", "light_quiet",
    )  # fmt: skip
    for name in shares:
        if not 0 < getattr(settings, name) < 1:
            raise DangerSettingsError(f"{path}: {name} must be between 0 and 1")
    if not all(0 < share < 1 for share in settings.card_of.values()):
        raise DangerSettingsError(f"{path}: card_of must be between 0 and 1")
    if settings.missed_danger <= 0 or settings.missed_emergency <= 0 or settings.one_in <= 1:
        raise DangerSettingsError(f"{path}: costs must be above 0, and one_in above 1")
    if settings.context_messages < 0 or settings.context_characters < 0:
        raise DangerSettingsError(f"{path}: the context cannot be negative")
