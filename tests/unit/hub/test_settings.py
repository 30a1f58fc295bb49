"""Settings: file, environment, command, in growing strength; every mistake named at once."""

import os
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hub.settings import Settings, SettingsError, load
from hub.settings.accounts import BotAccount
from hub.settings.keep import kept_secret
from hub.settings.model import Limits, MiniApp, Organisation, Retention

EXAMPLE = Path(__file__).parents[3] / "hub.example.toml"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("HUB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problems_of(text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Any]]:
    Path("hub.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load()
    return {one.where: (one.text, one.params) for one in caught.value.problems}


def test_without_file_and_environment_the_defaults_hold() -> None:
    settings = load()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.mongo_url is None


def test_environment_is_stronger_than_the_file_and_a_command_than_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("hub.toml").write_text('port = 1000\nhost = "file"\n[organisation]\nname = "Заря"\n')
    monkeypatch.setenv("HUB_PORT", "2000")
    monkeypatch.setenv("HUB_HOST", "environment")
    monkeypatch.setenv("HUB_ORGANISATION__PHONE", "+74950000000")
    settings = load(port=3000, host=None)
    assert (settings.port, settings.host) == (3000, "environment")
    assert settings.organisation == Organisation(name="Заря", phone="+74950000000")


def test_the_example_loads_and_names_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CONFIG", str(EXAMPLE))
    settings = load()
    assert [one.id for one in settings.channels] == ["residents", "site"]
    text = EXAMPLE.read_text()
    assert tomllib.loads(text)

    def named(model: type[BaseModel], section: str) -> None:
        for name in model.model_fields:
            assert f"\n{name} = " in section or f"\n# {name} = " in section, name

    top, _, rest = text.partition("[organisation]")
    scalars = [n for n in Settings.model_fields if n not in ("channels", "bots")]
    for name in scalars:
        assert f"\n{name} = " in top or f"\n# {name} = " in top or f"[{name}]" in text, name
    for name, model in (("limits", Limits), ("retention", Retention), ("mini_app", MiniApp)):
        named(model, rest.partition(f"[{name}]")[2].partition("\n[")[0])
    named(Organisation, rest.partition("\n[")[0])
    named(BotAccount, rest.partition("[[bot]]")[2])


def test_secrets_of_accounts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("hub.toml").write_text(
        '[[channel]]\nid = "a"\nkind = "http"\n'
        '[[channel]]\nid = "a-b"\nkind = "telegram"\ntoken = "file"\n'
        '[[bot]]\nid = "staff"\nroles = ["operator"]\n'
    )
    monkeypatch.setenv("HUB_CHANNEL_A_SECRET", "one")
    monkeypatch.setenv("HUB_CHANNEL_A_B_TOKEN", "two")
    monkeypatch.setenv("HUB_BOT_STAFF_TOKEN", "three")
    settings = load()
    first, second = settings.channels
    assert first.get("secret") == "one"
    assert first.get("b_token") is None
    assert second.get("token") == "two"
    assert settings.bots[0].token.get_secret_value() == "three"


def test_no_secret_shows_in_repr_or_error(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("hub.toml").write_text(
        'mongo_url = "mongodb://hub:LEAK@db/hub"\nsecret_key = "' + "LEAK" * 8 + '"\n'
        '[[channel]]\nid = "post"\nkind = "email"\nimap = "imaps://u:LEAK@h/INBOX"\nkey = "LEAK"\n'
        '[[bot]]\nid = "staff"\nroles = ["operator"]\ntoken = "LEAK"\n'
    )
    settings = load()
    assert settings.channels[0].get("imap") == "imaps://u:LEAK@h/INBOX"
    assert "LEAK" not in repr(settings) + str(settings) + repr(settings.channels[0].options)
    monkeypatch.setenv("HUB_SECRET_KEY", "LEAK")
    monkeypatch.setenv("HUB_MONGO_URL", "LEAK")
    with pytest.raises(SettingsError) as caught:
        load()
    assert {one.where for one in caught.value.problems} == {"secret_key", "mongo_url"}
    assert "LEAK" not in str(caught.value) + repr(caught.value.problems)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_every_mistake_is_named_with_its_key_and_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems_of(
        'prot = 80\nport = "many"\ntimezone = "Moscow"\nmongo_url = "postgres://x"\n'
        '[organisation]\nnmae = "Заря"\n'
        '[[channel]]\nid = "Почта"\nkind = "email"\n'
        '[[channel]]\nid = "site"\n'
        '[[bot]]\nid = "staff"\nroles = ["boss"]\ntoken = "t"\ntokne = "t"\n',
        monkeypatch,
    )
    assert found["prot"] == ("settings.unknown", {"likely": "port"})
    assert found["port"][0] == "settings.int_parsing"
    assert found["timezone"][0] == "settings.timezone"
    assert found["mongo_url"] == ("settings.url_scheme", {"detail": "mongodb, mongodb+srv"})
    assert found["organisation.nmae"] == ("settings.unknown", {"likely": "name"})
    assert found["channel[1].id"][0] == "settings.account_id"
    assert found["channel[2].kind"][0] == "settings.missing"
    assert found["bot[1].roles[1]"] == ("settings.choice", {"expected": "'operator', 'executor'"})
    assert found["bot[1].tokne"] == ("settings.unknown", {"likely": "token"})


def test_an_id_given_twice_is_refused_even_between_channel_and_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = problems_of(
        '[[channel]]\nid = "staff"\nkind = "http"\n'
        '[[bot]]\nid = "staff"\nroles = ["operator"]\ntoken = "t"\n',
        monkeypatch,
    )
    assert found == {"staff": ("settings.doubled", {"detail": "staff"})}


def test_a_named_file_must_be_there_and_be_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CONFIG", "elsewhere.toml")
    with pytest.raises(SettingsError, match=r"elsewhere\.toml: settings\.no_file"):
        load()
    Path("elsewhere.toml").write_text("port = = 1")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load()


def test_an_environment_list_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CHANNELS", "residents")
    with pytest.raises(SettingsError, match=r"settings\.environment"):
        load()


def test_the_secret_is_made_once_however_many_ask(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(kept_secret, [path] * 16))
    assert len(found) == 1
    assert len(found.pop()) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]
    assert Settings(data_dir=path.parent).secret() == path.read_bytes()


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ("", ""),
        ('public_url = "http://hub.example.org"', ""),
        ('public_url = "https://hub.example.org/"', "https://hub.example.org/mini/open/staff"),
        ("[mini_app]\nplain_http = true", "http://127.0.0.1:8080/mini/open/staff"),
    ],
)
def test_telegram_shows_the_desk_by_https_alone(more: str, address: str) -> None:
    Path("hub.toml").write_text(more)
    assert load().mini_app_url("staff") == address


@pytest.mark.parametrize("origin", ["*", "https://a.example; script-src *", "web.telegram.org", ""])
def test_only_an_origin_may_be_named_as_a_frame(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = problems_of(f'[mini_app]\nframe_ancestors = ["{origin}"]', monkeypatch)
    assert [where.partition("[")[0] for where in found] == ["mini_app.frame_ancestors"]
