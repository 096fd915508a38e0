"""Settings from `DAOBAN_*` variables or `daoban.toml`; secrets may stand in files."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.errors import BadSettings
from core.origins import ANY, checked_origin

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout this runs from."""

Surface = Literal["chat", "desk", "machine"]


class Settings(BaseSettings):
    """Every knob of the system, each with the environment variable `DAOBAN_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="DAOBAN_", toml_file="daoban.toml", extra="ignore", env_ignore_empty=True
    )

    home: Path = Field(PROJECT / ".daoban", description="data directory")
    host: str = Field("127.0.0.1", description="address to serve on")
    port: int = Field(8000, ge=1, le=65535, description="port to serve on")
    database_url: str | None = Field(None, description="sqlite:///... or postgresql://...")
    elasticsearch_url: SecretStr | None = Field(
        None,
        description="addresses of an Elasticsearch cluster, separated by commas: "
        "`https://user:password@es1.example:9200,...`",
    )
    elasticsearch_url_file: Path | None = None
    elasticsearch_ca_file: Path | None = Field(
        None, description="certificates (PEM) that sign those of the cluster"
    )
    elasticsearch_index: str = Field(
        "daoban",
        pattern="^[a-z][a-z0-9_-]{0,63}$",
        description="alias of the index there; its versions begin with it",
    )
    encoder: Path | None = Field(
        None, description="a sentence-transformers directory, or owner/name on a hub (extra ml)"
    )
    rasa_url: str | None = Field(None, description="a dialogue server that runs elsewhere")
    rasa_token: SecretStr | None = Field(None, description="its --auth-token")
    secret_key: SecretStr | None = Field(
        None, description="signs our own tokens, seals protected values"
    )
    secret_key_file: Path | None = None
    secret_key_previous: SecretStr | None = Field(
        None, description="earlier keys that may still open, separated by commas or lines"
    )
    secret_key_previous_file: Path | None = None
    host_jwt_secret: SecretStr | None = Field(None, description="HS256 secret of the host bureau")
    host_jwt_secret_file: Path | None = None
    host_jwks_url: str | None = Field(None, description="RS256 keys of the host bureau")
    demo: bool = Field(default=False, description="load the demo")
    clock: datetime | None = Field(None, description="start of a rehearsal, demo only")
    surfaces: Annotated[frozenset[Surface], NoDecode] = Field(
        frozenset({"chat", "desk", "machine"}), description="what is served, separated by commas"
    )
    dialogue: bool = Field(default=True, description="start and supervise Rasa")
    worker: bool = Field(default=True, description="run the worker inside serve")
    answer_provisional: bool | None = Field(
        None, description="give entries that no reviewer signed yet; default: only in the demo"
    )
    bureau: str | None = Field(None, description="the bureau's name, shown in the chat")
    widget_origins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="origins of pages that embed the chat, separated by commas: "
        "`https://etax.example`, `https://*.etax.example`",
    )
    answer_deadline_seconds: float = Field(20.0, gt=0, description="then the sweeper apologises")
    retention_days: int = Field(
        1095, ge=0, description="days that closed consultations are kept; 0: for ever"
    )
    files_days: int = Field(90, ge=1, description="days that photos and documents are kept")
    messages_per_minute: int = Field(40, gt=0, description="per session")
    sign_ins_per_minute: int = Field(10, gt=0, description="per account and address")

    @field_validator("surfaces", "widget_origins", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("widget_origins")
    @classmethod
    def _origins(cls, value: frozenset[str]) -> frozenset[str]:
        return frozenset(map(checked_origin, value))

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if self.clock is not None and not self.demo:
            raise ValueError("DAOBAN_CLOCK is for rehearsals: set DAOBAN_DEMO=1 or remove it")
        if ANY in self.widget_origins and not self.demo:
            raise ValueError(
                "DAOBAN_WIDGET_ORIGINS may be * only in the demo: name the bureau's origins"
            )
        if self.database_url and not self.database_url.startswith(("sqlite://", "postgresql://")):
            raise ValueError("DAOBAN_DATABASE_URL must begin with sqlite:/// or postgresql://")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments go before the environment, and that before `daoban.toml`."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """The database address; SQLite under the data directory unless set."""
        return self.database_url or f"sqlite:///{self.home / 'daoban.sqlite3'}"

    @property
    def encoder_directory(self) -> Path:
        """The encoder's sentence-transformers directory, or its name on a hub."""
        return self.encoder or self.home / "encoder"

    @property
    def gives_provisional(self) -> bool:
        """Whether entries without a reviewer's signature may be answered."""
        return self.demo if self.answer_provisional is None else self.answer_provisional

    @property
    def embedding_origins(self) -> frozenset[str]:
        """Origins of pages that may hold the chat; the demo's own where none are set."""
        if self.widget_origins or not self.demo:
            return self.widget_origins
        return frozenset(f"http://{name}:{self.port}" for name in ("localhost", "127.0.0.1"))

    def secret(self) -> str:
        """Return the key of tokens and protected values; the demo makes and keeps one.

        Raises:
            BadSettings: outside the demo without DAOBAN_SECRET_KEY or _FILE.
        """
        found = _secret(self.secret_key, self.secret_key_file)
        if found:
            return found
        if not self.demo:
            raise BadSettings(
                "no signing key: set DAOBAN_SECRET_KEY or DAOBAN_SECRET_KEY_FILE "
                "to at least 32 random characters"
            )
        return kept_secret(self.home / "secret.key")

    def elasticsearch(self) -> str | None:
        """Return the addresses of the search cluster, or None where the search is embedded.

        Raises:
            BadSettings: the file cannot be read.
        """
        return _secret(self.elasticsearch_url, self.elasticsearch_url_file)

    def previous_secrets(self) -> tuple[str, ...]:
        """Return earlier keys, under which sealed values are still opened."""
        found = _secret(self.secret_key_previous, self.secret_key_previous_file) or ""
        return tuple(found.replace(",", " ").split())

    def host_secret(self) -> str | None:
        """Return the host's HS256 secret, or None when only JWKS or nothing is set."""
        found = _secret(self.host_jwt_secret, self.host_jwt_secret_file)
        if found or self.host_jwks_url or not self.demo:
            return found
        return kept_secret(self.home / "host-jwt.key")


def _secret(value: SecretStr | None, file: Path | None) -> str | None:
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"secret file {file} cannot be read: {error.strerror}") from error


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, readable by its owner only; make it when missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        BadSettings: naming each wrong variable and what it must be.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            name = "_".join(str(part) for part in fault["loc"])
            prefix = f"DAOBAN_{name.upper()}: " if name else ""
            lines.append(f"{prefix}{fault['msg']}")
        raise BadSettings("; ".join(lines)) from error
