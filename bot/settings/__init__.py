"""Typed settings from `INLOOP_*` variables or a `.env` file; unsafe values are refused at the start."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as Unparsed

from bot.domain.escalation import Hours
from bot.domain.retention import REASONS, Retention
from bot.domain.web_push import HOSTS, is_host
from bot.settings.secret_files import SecretFileError, SecretFiles

ROOT = Path(__file__).resolve().parent.parent.parent
CONTENT = ROOT / "content"
ONION = re.compile(r"https?://([a-z0-9-]+\.)*[a-z2-7]{56}\.onion/?")
SITE = re.compile(r"(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?")


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
        "",
        description="Address people reach it by, through the TLS proxy, for instance https://chat.example.org. "
        "Passkeys are bound to its host name.",
    )
    data_dir: Path = Field(
        Path("var"), description="Folder of the database, the log and other state; made with mode 0700."
    )
    models_dir: Path = Field(Path("models"), description="Folder of the trained models.")
    model_cache: Path | None = Field(
        None, description="Folder outside the checkout where `inloop train` keeps models by their hash; empty: none."
    )
    encoder_dir: Path | None = Field(None, description="Another CTranslate2 encoder to use, with its tokenizer.json.")
    database_url: str = Field("", description="postgresql+psycopg://… ; empty: SQLite in the data folder.")
    engine_url: str = Field("", description="An engine that runs elsewhere; empty: `inloop up` starts and watches one.")
    engine_secret: SecretStr = Field(SecretStr(""), description="The secret shared with an engine that runs elsewhere.")
    engine_timeout: float = Field(
        4.0, gt=0, le=60, description="Seconds before the engine counts as dead for this turn."
    )
    engine_start_timeout: float = Field(
        10.0, gt=0, le=120, description="Seconds that what is written waits for an engine that starts (in two to six)."
    )
    translation_dir: Path | None = Field(
        None, description="Folder of the translation packages; empty: translation in the models folder."
    )
    translation_workers: int = Field(1, ge=1, le=16, description="Processes that translate.")
    translation_threads: int = Field(1, ge=1, le=32, description="Threads of one translation.")
    translation_timeout: float = Field(
        15.0, gt=0, le=300, description="Seconds after which a message is shown without its translation."
    )
    telegram_token: SecretStr = Field(SecretStr(""), description="Token of the Telegram bot; empty: no Telegram.")
    telegram_api_url: str = Field("https://api.telegram.org", description="The Bot API server.")
    telegram_webhook_url: str = Field(
        "", description="https address under which Telegram reaches this gateway; empty: updates are fetched."
    )
    telegram_card_minutes: int = Field(
        60, ge=0, le=2000, description="Minutes after which a danger card in Telegram deletes itself; 0: never."
    )
    delivery_key_file: Path | None = Field(
        None, description="File of the key that Telegram chats are sealed with; not in the data folder."
    )
    onion_url: str = Field("", description="Address of the same gateway as an onion service; told to Tor Browser.")
    embed_sites: list[str] = Field(
        [], description="Sites that may show the chat in a frame, such as https://www.example.org, as a JSON list."
    )
    show_writing: bool = Field(
        True, description="Whether a person and their caseworker see that the other one is writing."
    )
    pictures: bool = Field(
        False, description="Whether persons can send pictures, which the caseworker who has their case can look at."
    )
    exit_url: str = Field("https://www.meteo.be/", description="The harmless page that Leave goes to.")
    page_urls: list[str] = Field(
        [], description="Apprise addresses of the whole team, as a JSON list; paged when everyone is."
    )
    page_key: SecretStr = Field(
        SecretStr(""),
        description="Secret that seals page addresses, signs links and vouches for people, equal in all gateways; a "
        "trial makes `page.key` in the data folder.",
    )
    web_push: bool = Field(
        False, description="Whether caseworkers may have themselves paged in their browsers (Web Push)."
    )
    web_push_hosts: list[str] = Field(
        list(HOSTS),
        description="Push services that pages may go to, as a JSON list of host names; `*.` in front: all below.",
    )
    page_language: str = Field("nl", pattern="^(nl|fr|en)$", description="Language of pages.")
    page_link_minutes: int = Field(60, ge=5, le=1440, description="Minutes that the link of a page can be used.")
    rota: list[str] = Field(
        [], description="Calendars of who is on call: iCalendar files or addresses, as a JSON list."
    )
    rota_zone: str = Field("Europe/Brussels", description="Local time of events that name none, and of warnings.")
    rota_refresh_minutes: int = Field(15, ge=1, le=1440, description="Minutes between two readings of the calendars.")
    rota_warn_hours: int = Field(
        48, ge=1, le=720, description="Hours before a time with nobody on call that the coordinators are warned."
    )
    ladder_seconds: int = Field(
        60, ge=10, le=600, description="Seconds until the next is called in an emergency that nobody acknowledged."
    )
    ladder_seconds_urgent: int = Field(300, ge=10, le=3600, description="The same for an urgent case.")
    ladder_seconds_quiet: int = Field(
        600, ge=10, le=7200, description="The same for somebody who asks for a person without danger."
    )
    quiet_first_seconds: int = Field(
        120, ge=0, le=3600, description="Seconds that such a request waits at the desk before the first is called."
    )
    quiet_page_hours: str = Field(
        "08:00-22:00",
        description="Hours in which people are called without danger, of INLOOP_ROTA_ZONE; 00:00-24:00: always.",
    )
    ladder_again_seconds: int = Field(
        300,
        ge=30,
        le=3600,
        description="Seconds until everyone is called again in an emergency; in an urgent case three times that, "
        "without danger twelve times.",
    )
    claim_seconds: int = Field(
        120,
        ge=30,
        le=3600,
        description="Seconds that an acknowledged call rests for the case to be claimed; urgent and without danger: "
        "three times that.",
    )
    first_word_seconds: int = Field(
        120, ge=30, le=3600, description="Seconds from a claim to a first word before the case is offered again."
    )
    offline_seconds: int = Field(
        300, ge=60, le=3600, description="Seconds without a sign of life from an owner's desk before the same."
    )
    cases_at_once: int = Field(
        4, ge=1, le=50, description="Cases that a caseworker has at once, unless they have set another number."
    )
    max_text: int = Field(4000, ge=100, le=20000, description="Characters of one message.")
    max_body: int = Field(64 * 1024, ge=4096, description="Bytes of one request.")
    messages_per_minute: int = Field(60, ge=5, description="Messages of one conversation before it is slowed down.")
    conversations_per_minute: int = Field(
        60,
        ge=1,
        description="New conversations of one source before each costs it some work, or a wait without scripts; of all "
        "together five times that.",
    )
    max_connections: int = Field(2000, ge=64, description="Connections open at once before the idlest makes room.")
    keep_talk_hours: int = Field(
        48, ge=1, le=24 * 90, description="Hours after the last message before a talk without a case is deleted."
    )
    keep_case_days: int = Field(
        90, ge=1, le=3650, description="Days after a case was closed before its conversation is deleted."
    )
    keep_reason_days: dict[str, int] = Field(
        {"not_for_us": 30, "withdrawn": 7},
        description="Other days for a reason of closing (helped, no_answer, not_for_us, asked, withdrawn), as JSON.",
    )
    keep_shell_days: int = Field(
        365, ge=1, le=3650, description="Days after closing before the row of a case without its content is deleted."
    )
    backup_dir: Path | None = Field(None, description="Folder of the backups, on another disk than the data folder.")
    backup_key: str = Field("", description="Public half of the recovery key, from `inloop backup-key`.")
    backup_origin: SecretStr = Field(
        SecretStr(""),
        description="Secret with which a backup says that this installation made it, from `inloop backup-key`.",
    )
    backup_keys_days: int = Field(
        7, ge=1, le=60, description="Days before a backup of keys goes: after so long a deletion is true everywhere."
    )
    backup_bodies_days: int = Field(90, ge=1, le=3650, description="Days before a backup of bodies goes.")
    case_keys: str = Field(
        "team",
        pattern="^(team|open)$",
        description="What the team's key opens: every conversation (`team`), or only those with an open case (`open`).",
    )
    keep_audit_days: int = Field(
        1095, ge=30, le=3650, description="Days that the audit log (who did what, without content) is kept."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="What Prometheus sends to read /metrics; empty: there is no such page."
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much of its own events the log holds; never a text, and of a library only where it complains.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then files (`bot/settings/secret_files.py`), then `.env`."""
        return init_settings, env_settings, SecretFiles(settings_cls), dotenv_settings

    @field_validator("exit_url", "public_url", "engine_url", "telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must be an http or https address")
        return value

    @field_validator("quiet_page_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        Hours.read(value)
        return value

    @field_validator("keep_reason_days")
    @classmethod
    def _known_reasons(cls, value: dict[str, int]) -> dict[str, int]:
        if set(value) - set(REASONS) or not all(1 <= days <= 3650 for days in value.values()):
            raise ValueError(f"reasons are {', '.join(REASONS)}, with 1 to 3650 days each")
        return value

    @field_validator("onion_url")
    @classmethod
    def _an_onion(cls, value: str) -> str:
        if value and not ONION.fullmatch(value):
            raise ValueError("must be the http or https address of an onion service (56 characters and .onion)")
        return value

    @field_validator("embed_sites")
    @classmethod
    def _sites(cls, value: list[str]) -> list[str]:
        for site in value:
            if not SITE.fullmatch(site):
                raise ValueError("each must be https:// and a host name, without a path and without *")
        return value

    @field_validator("web_push_hosts")
    @classmethod
    def _push_services(cls, value: list[str]) -> list[str]:
        if not all(is_host(host) for host in value):
            raise ValueError("each must be a host name in small letters, without https://; `*.` may stand in front")
        return value

    @field_validator("database_url")
    @classmethod
    def _a_supported_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with postgresql+psycopg:// or sqlite+aiosqlite:///")
        return value

    @field_validator("rota_zone")
    @classmethod
    def _a_time_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a time zone such as Europe/Brussels")
        return value

    @model_validator(mode="after")
    def _safe_together(self) -> Settings:
        if self.host not in {"127.0.0.1", "::1", "localhost"} and not self.public_url.startswith("https://"):
            raise ValueError("INLOOP_HOST is not loopback: set INLOOP_PUBLIC_URL to the https address of the TLS proxy")
        if self.engine_url and not self.engine_secret.get_secret_value():
            raise ValueError("INLOOP_ENGINE_URL needs INLOOP_ENGINE_SECRET")
        if self.telegram_webhook_url and not self.telegram_webhook_url.startswith("https://"):
            raise ValueError("INLOOP_TELEGRAM_WEBHOOK_URL must begin with https://")
        key, data = self.delivery_key_file, self.data_dir.resolve()
        if key is not None and data in key.resolve().parents:
            raise ValueError("INLOOP_DELIVERY_KEY_FILE lies in the data folder: who takes the folder had both")
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'inloop.db'}"

    @property
    def address(self) -> str:
        """Where people reach the gateway, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def open_cases_only(self) -> bool:
        """Whether the team's key opens a conversation only while a case of it is open."""
        return self.case_keys == "open"

    @property
    def translations(self) -> Path:
        """The folder of the translation packages."""
        return self.translation_dir or self.models_dir / "translation"

    @property
    def telegram(self) -> str:
        """The bot's token; empty without Telegram."""
        return self.telegram_token.get_secret_value().strip()

    @property
    def retention(self) -> Retention:
        """How long what is kept."""
        reasons = {name: timedelta(days=days) for name, days in self.keep_reason_days.items()}
        talk, case = timedelta(hours=self.keep_talk_hours), timedelta(days=self.keep_case_days)
        return Retention(talk, case, reasons, timedelta(days=self.keep_shell_days))

    @property
    def backup_keep(self) -> dict[str, timedelta]:
        """How long each part of a backup is kept."""
        return {"keys": timedelta(days=self.backup_keys_days), "bodies": timedelta(days=self.backup_bodies_days)}

    @property
    def contact(self) -> str:
        """Whom a push service can turn to."""
        return self.public_url if self.secure else "mailto:nobody@localhost"

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
    except SecretFileError as error:
        raise SettingsError(str(error)) from None
    except (Unparsed, RecursionError) as error:  # of a list or a mapping; it names the field and not what stands there
        raise SettingsError(str(error) if isinstance(error, Unparsed) else "a setting is no JSON") from None
