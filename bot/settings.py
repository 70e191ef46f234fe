"""Typed settings from `INLOOP_*` variables or a `.env` file; unsafe values are refused at the start."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """Settings that are missing, malformed or unsafe; the message lists all of them and never a secret."""


class Settings(BaseSettings):
    """Every setting, its default and its unit. `docs/settings.md` lists the same (checked by a test)."""

    model_config = SettingsConfigDict(env_prefix="INLOOP_", env_file=".env", extra="forbid", frozen=True)

    host: str = Field(
        "127.0.0.1", description="Address to listen on; anything but loopback needs INLOOP_PUBLIC_URL with https."
    )
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="Address people reach it by, through the TLS proxy, for instance https://chat.example.org."
    )
    data_dir: Path = Field(
        Path("var"), description="Folder of the database, the log and other state; made with mode 0700."
    )
    models_dir: Path = Field(Path("models"), description="Folder of the trained models.")
    encoder_dir: Path | None = Field(None, description="Another CTranslate2 encoder to use, with its tokenizer.json.")
    database_url: str = Field("", description="postgresql+psycopg://… ; empty: SQLite in the data folder.")
    engine_url: str = Field("", description="An engine that runs elsewhere; empty: `inloop up` starts and watches one.")
    engine_secret: SecretStr = Field(SecretStr(""), description="The secret shared with an engine that runs elsewhere.")
    engine_timeout: float = Field(
        4.0, gt=0, le=60, description="Seconds before the engine counts as dead for this turn."
    )
    exit_url: str = Field("https://www.meteo.be/", description="The harmless page that Leave goes to.")
    page_urls: list[str] = Field([], description="Apprise addresses that are paged for an emergency, as a JSON list.")
    max_text: int = Field(4000, ge=100, le=20000, description="Characters of one message.")
    max_body: int = Field(64 * 1024, ge=4096, description="Bytes of one request.")
    messages_per_minute: int = Field(60, ge=5, description="Messages of one conversation before it is slowed down.")
    conversations_per_minute: int = Field(
        60, ge=1, description="New conversations of one source before it is slowed down."
    )
    keep_days: int = Field(
        30, ge=1, le=3650, description="Days after the last message before a talk that nobody waits for is deleted."
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="What the log holds; never a text."
    )

    @field_validator("exit_url", "public_url", "engine_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must be an http or https address")
        return value

    @field_validator("database_url")
    @classmethod
    def _a_supported_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with postgresql+psycopg:// or sqlite+aiosqlite:///")
        return value

    @model_validator(mode="after")
    def _safe_together(self) -> Settings:
        if self.host not in {"127.0.0.1", "::1", "localhost"} and not self.public_url.startswith("https://"):
            raise ValueError("INLOOP_HOST is not loopback: set INLOOP_PUBLIC_URL to the https address of the TLS proxy")
        if self.engine_url and not self.engine_secret.get_secret_value():
            raise ValueError("INLOOP_ENGINE_URL needs INLOOP_ENGINE_SECRET")
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'inloop.db'}"

    @property
    def secure(self) -> bool:
        """Whether people reach the gateway over TLS, so that cookies may say `Secure`."""
        return self.public_url.startswith("https://")


def read(**overrides: object) -> Settings:
    """The settings of this process. Raises `SettingsError`, which names every fault at once and no value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [
            f"{'INLOOP_' + str(fault['loc'][0]).upper() if fault['loc'] else 'settings'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("; ".join(faults)) from None
