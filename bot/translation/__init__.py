"""Machine translation between a person and a caseworker, on this machine alone: Argos Translate packages, CTranslate2.

Nothing of the bot's own words goes through here: those are written by people, in every language.
"""

from bot.translation.checks.checks import Doubt, check
from bot.translation.engine.packages import Installed, install, route, scan, usable
from bot.translation.engine.pool import Pool
from bot.translation.errors import PackageRefused, Reason, Unavailable
from bot.translation.translator import Translation, Translator

__all__ = [
    "Doubt", "Installed", "PackageRefused", "Pool", "Reason", "Translation", "Translator", "Unavailable", "check",
    "install", "route", "scan", "usable",
]  # fmt: skip
