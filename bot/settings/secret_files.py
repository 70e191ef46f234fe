"""Settings out of files that this account alone can read, so that no secret has to be in an environment.

`INLOOP_<NAME>_FILE` names a file for any setting. A service manager's credential (`LoadCredential=` of systemd) is
found by its name, `inloop_<name>`, in the folder of `CREDENTIALS_DIRECTORY`.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

LARGEST = 64 * 1024


class SecretFileError(ValueError):
    """A file of a setting that cannot be used; the message has its path and never what is in it."""


class SecretFiles(PydanticBaseSettingsSource):
    """The source for pydantic-settings. Raises `SecretFileError`."""

    def __init__(self, settings: type[BaseSettings], environment: Mapping[str, str] | None = None) -> None:
        super().__init__(settings)
        self._environment = os.environ if environment is None else environment

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = file_of(field_name, self._environment)
        if path is None:
            return None, field_name, False
        if f"INLOOP_{field_name.upper()}" in self._environment:
            raise SecretFileError(f"INLOOP_{field_name.upper()} is set twice: by itself and by a file")
        text = _read(path, named=f"INLOOP_{field_name.upper()}_FILE" in self._environment)
        if not self.field_is_complex(field):
            return text, field_name, False
        try:
            return json.loads(text), field_name, True
        except (ValueError, RecursionError):
            raise SecretFileError(f"{path} is not JSON") from None

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def file_of(name: str, environment: Mapping[str, str]) -> Path | None:
    """The file that a setting comes from, if it comes from one."""
    if named := environment.get(f"INLOOP_{name.upper()}_FILE"):
        return Path(named)
    folder = environment.get("CREDENTIALS_DIRECTORY")
    given = Path(folder) / f"inloop_{name}" if folder else None
    return given if given is not None and given.is_file() else None


def open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may do anything with it, or it is somebody else's."""
    found = path.stat()
    return bool(stat.S_IMODE(found.st_mode) & 0o077) or found.st_uid not in {os.geteuid(), 0}


def _read(path: Path, *, named: bool) -> str:
    """The text without the line's end. systemd looks after its own credentials; a named file is looked at here."""
    try:
        if named and open_to_others(path):
            raise SecretFileError(f"{path} is open to others: chmod 600, and owned by this account")
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise SecretFileError(f"{path} is too large for a setting")
        return raw.decode().rstrip("\r\n")
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretFileError(f"{path} is not text") from None
