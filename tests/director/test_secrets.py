"""Which variables of the user's are secrets, and that a run keeps none of them."""

from __future__ import annotations

import pytest

from director.settings import load, secrets_of


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("ANTHROPIC_API_KEY", "abc-123-def", "abc-123-def"),
        ("GITHUB_TOKEN", "t0ken-value", "t0ken-value"),
        ("DB_PASSWORD_2", "hunter22", "hunter22"),
        ("DATABASE_URL", "postgres://me:p%40ss-word@host/db", "p@ss-word"),
        ("HTTPS_PROXY", "http://proxy:3128", None),
        ("SSH_AUTH_SOCK", "/tmp/ssh/agent", None),
        ("PATH", "/usr/bin", None),
        ("PYTHONPATH", "src", None),
        ("TOKEN_FILE", "/run/secrets/token", None),
        ("BROKEN_URL", "http://[::1", None),
    ],
)
def test_a_secret_is_known_by_its_name_or_its_place(name: str, value: str, secret: str | None) -> None:
    assert dict(secrets_of({name: value})).get(name) == secret


def test_settings_hold_secrets_and_never_show_them(tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings = load({"KAIZEN_HOME": str(tmp_path), "OPENAI_API_KEY": "sk-very-secret"})

    assert settings.secrets == {"OPENAI_API_KEY": "sk-very-secret"}
    assert "sk-very-secret" not in repr(settings)
    assert settings.on_any_port().secrets == settings.secrets
