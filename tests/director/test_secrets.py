"""Which variables of the user's are secrets, and that a run keeps none of them."""

from __future__ import annotations

from director.settings import load, secrets_of

KNOWN = (
    ("ANTHROPIC_API_KEY", "abc-123-def", "abc-123-def"),
    ("GITHUB_TOKEN", "t0ken-value", "t0ken-value"),
    ("DB_PASSWORD_2", "hunter22", "hunter22"),
    ("DATABASE_URL", "postgres://me:p%40ss-word@host/db", "p@ss-word"),
    ("HTTPS_PROXY", "http://proxy:3128", None),
    ("SSH_AUTH_SOCK", "/tmp/ssh/agent", None),
    ("PATH", "/usr/bin", None),
    ("PYTHONPATH", "src", None),
    ("TOKEN_FILE", "/run/secrets/token", None),
    ("AWS_SECRET_ACCESS_KEY", "/q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6H+8", "/q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6H+8"),
    ("DB_PASS", "hunter22", "hunter22"),
    ("SLACK_WEBHOOK_URL", "https://hooks.example/T0/B0/xyz", "https://hooks.example/T0/B0/xyz"),
    ("REMOTE", "https://q9Zr4Kx7Wm2Vt8Yp5Lc3@git.example/a.git", "q9Zr4Kx7Wm2Vt8Yp5Lc3"),
    ("REMOTE", "git clone https://git@git.example/a.git", None),
    ("SEARCH", "https://search.example/?q=all&api_key=abc-123", "abc-123"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("PWD", "/home/me/project", None),
    ("BROKEN_URL", "http://[::1", None),
    ("STORAGE", "Protocol=https;AccountName=me;AccountKey=q9Zr4Kx7Wm==;EndpointSuffix=x", "q9Zr4Kx7Wm=="),
    ("QUEUE", "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=q9Zr4Kx7Wm=", "q9Zr4Kx7Wm="),
    ("DATABASE", "Server=db;User Id=me;Password='hunter22'", "hunter22"),
    ("DATABASE", "host=db password=hunter22 user=me", "hunter22"),
    ("START", "TOKEN=$(cat token) password=production key=Value2", None),
)


def test_a_secret_is_known_by_its_name_or_its_place() -> None:
    assert [row for row in KNOWN if dict(secrets_of({row[0]: row[1]})).get(row[0]) != row[2]] == []


def test_settings_hold_secrets_and_never_show_them(tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings = load({"KAIZEN_HOME": str(tmp_path), "OPENAI_API_KEY": "sk-very-secret"})

    assert settings.secrets == {"OPENAI_API_KEY": "sk-very-secret"}
    assert "sk-very-secret" not in repr(settings)
    assert settings.on_any_port().secrets == settings.secrets


def test_what_the_users_own_file_holds_of_secrets_is_known(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "kaizen.toml").write_text(
        'api_base = "https://me:p4ss-word@models.example/v1"\n'
        '[[mcp]]\nname = "a"\nurl = "https://a.example/mcp?token=t0ken-of-a"\n'
        '[[mcp]]\nname = "b"\ncommand = ["b", "--api-key", "k3y-of-b", "--password=pw-of-b"]\n'
        'environment = ["B_LOGIN", "B_MODE"]\n'
    )
    environment = {"KAIZEN_HOME": str(tmp_path), "B_LOGIN": "q9Zr4Kx7Wm2Vt8Yp5Lc3", "B_MODE": "production"}

    known = set(load(environment).secrets.values())

    assert known == {"p4ss-word", "t0ken-of-a", "k3y-of-b", "pw-of-b", "q9Zr4Kx7Wm2Vt8Yp5Lc3"}
