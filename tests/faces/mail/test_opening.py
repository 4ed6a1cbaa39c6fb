"""The post as settings want it, what `doctor` says of it, and the folder without a server."""

import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from broadsheet.catalogue import Fate
from broadsheet.errors import SettingError, StoreError
from broadsheet.faces.mail import (
    Folder,
    Message,
    Outcome,
    checks,
    compose,
    folder_of,
    letterhead_of,
    mail_standing,
    open_post,
    remove_strays,
    standing_json,
)
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings
from tests.library.letters import HEAD, NOW, ask_for, letter, posted, read
from tests.library.site import open_new

KEY = (
    Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)


def with_set(settings: Settings, **values: object) -> Settings:
    """Settings with other values."""
    return settings.model_copy(update=values)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = open_new(with_set(read_settings(tmp_path), contextual=False))
    yield opened
    opened.index.close()
    opened.catalogue.close()


def test_without_a_server_letters_are_put_into_the_home(service: Service) -> None:
    post = open_post(service)
    ask_for(service.catalogue, 3, post.clock())
    assert post.do_due(threading.Event()) == 3
    folder = service.settings.home / "letters"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml"] * 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {str(read(file.read_bytes())["To"]) for file in files} == {
        f"reader{at}@example.org" for at in range(3)
    }


def test_a_folder_gives_back_what_was_put_into_it_until_it_is_old(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "letters", timedelta(days=9))
    message = compose(posted(letter()), HEAD, NOW)
    assert folder.read(message.name) is None
    folder.open()
    assert folder.send(message).fate is Fate.ACCEPTED
    assert folder.send(message).fate is Fate.ACCEPTED
    assert folder.read(message.name) == message.content
    (file,) = (tmp_path / "letters").iterdir()
    for days, is_there in ((8, True), (10, False)):
        then = time.time() - days * 24 * 3600
        os.utime(file, (then, then))
        Folder(tmp_path / "letters", timedelta(days=9)).open()
        assert file.exists() is is_there


def test_letters_that_the_outbox_forgot_leave_the_folder(service: Service) -> None:
    post = open_post(service)
    ask_for(service.catalogue, 3, post.clock())
    post.do_due(threading.Event())
    folder = service.settings.home / "letters"
    (folder / f"{'ab' * 20}.part").write_text("To: somebody who left while it was written")
    with service.catalogue.writing() as desk:
        first, *others = desk.outbox.listed(None, 9)
        desk.papers.connection.exec_driver_sql(f"DELETE FROM outbox WHERE key = {first.key}")
    post.do_due(threading.Event())
    assert {file.name for file in folder.iterdir()} == {f"{one.message_id}.eml" for one in others}


def test_a_letter_that_is_forgotten_while_it_is_put_down_does_not_stay(service: Service) -> None:
    folder = folder_of(service.settings)
    post = open_post(service)
    ask_for(service.catalogue, 1, post.clock())

    class Slow(Folder):
        def send(self, message: Message) -> Outcome:
            with service.catalogue.writing() as desk:
                desk.papers.connection.exec_driver_sql("DELETE FROM outbox")
            remove_strays(service)
            return super().send(message)

    slow = replace(post, transport=lambda: Slow(service.settings.home / "letters", timedelta(9)))
    assert slow.do_due(threading.Event()) == 1
    assert folder.names() == set()


def test_a_folder_that_cannot_be_written_to_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file")
    folder = Folder(tmp_path / "letters", timedelta(days=9))
    with pytest.raises(StoreError, match="No letter can be put into"):
        folder.open()
    assert folder.send(compose(posted(letter()), HEAD, NOW)).fate is Fate.DEFERRED


def test_the_letterhead_is_made_of_the_settings(tmp_path: Path) -> None:
    plain = read_settings(tmp_path)
    head = letterhead_of(plain, b"k")
    assert (head.site, head.base) == ("Broadsheet", "http://127.0.0.1:8080")
    assert head.sender.local == "broadsheet"
    assert (head.returns, head.marks, head.signer) == (head.sender, None, None)
    public = with_set(plain, base_url="https://papers.example.org/", site_name="Toy\nNews")
    head = letterhead_of(public, b"k")
    assert (head.site, head.base) == ("Toy News", "https://papers.example.org")
    assert str(head.sender) == "broadsheet@papers.example.org"
    assert head.return_path(7) == head.sender
    full = with_set(
        public,
        mail_from="news@example.org",
        mail_return_path="bounces@example.net",
        mail_dkim_key=SecretStr(KEY),
        mail_dkim_selector="s1",
    )
    head = letterhead_of(full, b"k")
    assert str(head.return_path(7)).startswith("bounces+7-")
    assert head.signer is not None
    assert (head.signer.domain, head.signer.selector) == ("example.org", "s1")
    head = letterhead_of(with_set(full, mail_dkim_domain="example.com"), b"k")
    assert head.signer is not None
    assert head.signer.domain == "example.com"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"mail_url": SecretStr("https://x:s3same@y"), "base_url": "https://x.example"},
            "mail_url",
        ),
        ({"mail_url": SecretStr("smtp://relay")}, "no `base_url`"),
        ({"mail_from": "nobody"}, "`mail_from` is no address for mail"),
        ({"mail_return_path": "a@b\r\nc"}, "`mail_return_path` is no address"),
        ({"mail_dkim_key": SecretStr("s3same"), "mail_dkim_selector": "s"}, "no private key"),
        ({"mail_dkim_key": SecretStr(KEY)}, "no `mail_dkim_selector`"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    service: Service, values: dict[str, object], message: str
) -> None:
    wrong = replace(service, settings=with_set(service.settings, **values))
    with pytest.raises(SettingError, match=message) as caught:
        open_post(wrong)
    assert "s3same" not in caught.value.message + caught.value.hint
    ((name, ok, told),) = checks(wrong, NOW)
    assert name == "mail"
    assert not ok
    assert "s3same" not in told


def test_doctor_tells_how_letters_stand(service: Service) -> None:
    assert [ok for _, ok, _ in checks(service, NOW)] == [True, True]
    ask_for(service.catalogue, 2, NOW)
    with service.catalogue.writing() as desk:
        (first,) = desk.outbox.lease("one", NOW, NOW + timedelta(minutes=5), 1)
        assert desk.outbox.hand_over(first.key, "one", NOW, NOW + timedelta(minutes=5))
    later = NOW + timedelta(hours=2)
    (mail, letters) = checks(service, later)
    assert mail[1]
    assert "not signed here" in mail[2]
    assert letters == ("letters", False, "1 queued, 1 handed; 1 late")
    with service.catalogue.writing() as desk:
        desk.outbox.sweep(later)
    assert next(told for name, _, told in checks(service, NOW) if name == "letters") == (
        "1 queued, 1 uncertain"
    )
    standing = standing_json(mail_standing(service, later))
    assert standing["where"] == str(service.settings.home / "letters")
    assert (standing["late"], standing["letters"]["uncertain"]) == (1, 1)
