"""What kind of device a session was begun on, in words so coarse that they name nobody."""

from __future__ import annotations

from enum import StrEnum


class Device(StrEnum):
    """The labels on the desk are `desk.device_<device>`."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    OTHER = "other"


def device_of(agent: str) -> Device:
    """The kind of device of a browser's `User-Agent`; nothing else of it is kept."""
    agent = agent[:1000].lower()
    if "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent):
        return Device.TABLET
    if "iphone" in agent or "mobile" in agent:
        return Device.PHONE
    if any(system in agent for system in ("windows", "macintosh", "x11", "linux", "cros")):
        return Device.COMPUTER
    return Device.OTHER
