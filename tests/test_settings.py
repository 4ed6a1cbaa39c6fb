"""Settings: where they come from, what is refused, and what is never shown."""

from pathlib import Path

import pytest

from broadsheet.errors import SettingError
from broadsheet.settings import MASK, Settings, defaults, read_settings, shown


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BROADSHEET_{name.upper()}", raising=False)
        monkeypatch.delenv(f"BROADSHEET_{name.upper()}_FILE", raising=False)


def row(settings: Settings, name: str) -> tuple[str, str]:
    """The value and origin of a setting as shown."""
    (found,) = [one for one in shown(settings) if one.name == name]
    return found.value, found.origin


def test_defaults(tmp_path: Path) -> None:
    settings = read_settings(tmp_path)
    assert (settings.encoder, settings.semantic_weight, settings.index_memory_mb) == (
        "packaged",
        0.4,
        64,
    )
    assert settings.catalogue_url == f"sqlite:///{tmp_path}/catalogue.db"
    assert row(settings, "semantic_weight") == ("0.4", "default")
    assert row(settings, "home") == (str(tmp_path), "--home")
    assert defaults()["semantic_weight"] == "0.4"
    assert defaults()["home"] == "the platform's data folder"
    assert defaults()["encoder_key"] == ""
    assert all(one.meaning for one in shown(settings))


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broadsheet.toml").write_text("semantic_weight = 0.5\nindex_memory_mb = 128\n")
    monkeypatch.setenv("BROADSHEET_HOME", str(tmp_path))
    monkeypatch.setenv("BROADSHEET_SEMANTIC_WEIGHT", "0.75")
    settings = read_settings()
    assert row(settings, "home") == (str(tmp_path), "environment")
    assert row(settings, "semantic_weight") == ("0.75", "environment")
    assert row(settings, "index_memory_mb") == ("128", "broadsheet.toml")


def test_a_given_home_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", str(tmp_path / "elsewhere"))
    assert read_settings(tmp_path).home == tmp_path


def test_secrets_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "key"
    secret.write_text("open-sesame\n")
    monkeypatch.setenv("BROADSHEET_ENCODER_KEY_FILE", str(secret))
    settings = read_settings(tmp_path)
    assert settings.encoder_key is not None
    assert settings.encoder_key.get_secret_value() == "open-sesame"
    assert row(settings, "encoder_key") == (MASK, "secret file")
    monkeypatch.setenv("BROADSHEET_ENCODER_KEY_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingError, match="BROADSHEET_ENCODER_KEY_FILE names a file that cannot"):
        read_settings(tmp_path)


@pytest.mark.parametrize("key", ["sesame", "user:sesame", "https://sesame.example"])
def test_a_key_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("BROADSHEET_ENCODER_KEY", key)
    settings = read_settings(tmp_path)
    assert row(settings, "encoder_key") == (MASK, "environment")
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://ada:pw@host:5432/name?x=pw", f"postgresql://ada:{MASK}@host:5432/name"),
        ("postgresql://host/name", "postgresql://host/name"),
        ("postgresql://:pw@host/name", f"postgresql://:{MASK}@host/name"),
        ("postgresql://ada:pw@host:port/name", MASK),
        ("pw", MASK),
    ],
)
def test_a_database_is_shown_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, seen: str
) -> None:
    monkeypatch.setenv("BROADSHEET_DATABASE_URL", url)
    settings = read_settings(tmp_path)
    assert settings.catalogue_url == url
    assert row(settings, "database_url")[0] == seen


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("semantic_weight = 2", r"BROADSHEET_SEMANTIC_WEIGHT \(or `semantic_weight` in"),
        ("index_memory_mb = 'much'", "BROADSHEET_INDEX_MEMORY_MB"),
        ("encoder = 'magic'", "BROADSHEET_ENCODER "),
        ("colour = 'red'", "There is no setting named colour"),
        ("semantic_weight =", "not valid TOML"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "broadsheet.toml").write_text(text)
    with pytest.raises(SettingError, match=message):
        read_settings(tmp_path)


def test_sources_and_mirrors_are_words_or_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broadsheet.toml").write_text(
        'sources = ["arxiv:cs.CL,cs.LG", "huggingface"]\nfetch_allow = ["10.0.0.7"]\n'
        '[endpoints]\narxiv = "https://mirror.example/oai"\n'
    )
    settings = read_settings(tmp_path)
    assert settings.sources == ("arxiv:cs.CL,cs.LG", "huggingface")
    assert settings.fetch_allow == ("10.0.0.7",)
    assert settings.endpoints == {"arxiv": "https://mirror.example/oai"}
    assert row(settings, "sources") == ("arxiv:cs.CL,cs.LG huggingface", "broadsheet.toml")
    monkeypatch.setenv("BROADSHEET_SOURCES", " acl:2025.acl\n feed:https://x.example/?a=b ")
    monkeypatch.setenv("BROADSHEET_ENDPOINTS", "oai=https://o.example/?x=y acl=http://a.example")
    settings = read_settings(tmp_path)
    assert settings.sources == ("acl:2025.acl", "feed:https://x.example/?a=b")
    assert settings.endpoints == {"oai": "https://o.example/?x=y", "acl": "http://a.example"}
    assert row(settings, "endpoints")[0] == "oai=https://o.example/?x=y acl=http://a.example"
    monkeypatch.setenv("BROADSHEET_ENDPOINTS", '{"oai": "https://o.example"}')
    assert read_settings(tmp_path).endpoints == {"oai": "https://o.example"}
    for wrong in ("oai", "=https://x.example", "{", '{"oai": 7}'):
        monkeypatch.setenv("BROADSHEET_ENDPOINTS", wrong)
        with pytest.raises(SettingError, match="BROADSHEET_ENDPOINTS"):
            read_settings(tmp_path)


def test_the_keys_of_sources_are_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("openalex_key", "semanticscholar_key", "github_token", "zotero_key", "ncbi_key"):
        monkeypatch.setenv(f"BROADSHEET_{name.upper()}", "hidden")
        settings = read_settings(tmp_path)
        assert row(settings, name) == (MASK, "environment")
        assert "hidden" not in str(settings)
