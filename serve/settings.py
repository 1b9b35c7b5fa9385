"""Settings of the server, read once from `MINIDALLE3_SERVE_*` variables or a `.env` file."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServeSettings(BaseSettings):
    """Who may ask from where, how much and how often."""

    model_config = SettingsConfigDict(
        env_prefix="MINIDALLE3_SERVE_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    rate: str = "600/minute"
    """Requests of one key, as `limits` writes them; a page that shares the server asks several for every click."""
    quota: str = "500/day"
    """Pictures of one key."""
    counts: str = "async+memory://"
    """Where requests and pictures are counted: a storage of `limits`; in memory, a restart forgets them."""
    body_mib: int = Field(default=25, ge=1)
    """A larger request is refused."""
    origins: tuple[str, ...] = ()
    """Web pages, as `https://host`, whose scripts may call; none by default."""
    public_url: str | None = None
    """What links to pictures begin with, where a proxy stands in front; unset, what the caller asked."""
    link_seconds: int = Field(default=7 * 24 * 3600, ge=1)
    """How long a link to a picture opens without a key."""
    log_words: bool = False
    """Also log the messages of libraries and exceptions, which may quote what callers said."""

    @field_validator("rate", "quota")
    @classmethod
    def limit(cls, value: str) -> str:
        """Refuse at the start what could not be counted."""
        from limits import parse_many

        parse_many(value)
        return value
