"""Whether letters will arrive, as an operator asks for it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from broadsheet.errors import InputError
from broadsheet.faces.cli import app
from tests.library.commands import broadsheet
from tests.library.servers.dns import name_server, text
from tests.library.servers.smtp import mail_server
from tests.library.site import fill_empty

ZONE = {
    "example.org TXT": [text("v=spf1 ip4:192.0.2.7 -all")],
    "example.org MX": ["10 mail.example.org."],
    "mail.example.org A": ["192.0.2.7"],
    "7.2.0.192.in-addr.arpa PTR": ["mail.example.org."],
}


def test_doctor_mail_tells_what_is_wrong_and_sends_only_when_told(tmp_path: Path) -> None:
    fill_empty(tmp_path)
    with mail_server() as (port, taken), name_server(ZONE) as (host, dns_port):
        (tmp_path / "broadsheet.toml").write_text(
            f'mail_url = "smtp://localhost:{port}"\n'
            'base_url = "https://papers.example.org"\n'
            'mail_from = "news@example.org"\n'
        )
        words = ("doctor", "mail", "--nameserver", f"{host}:{dns_port}", "--sends-from")
        told = broadsheet(tmp_path, *words, "192.0.2.7", "--to", "ada@example.org")
        lines = dict(line.split("\t", 1) for line in told.stdout.splitlines())
        assert lines["PTR"] == "ok\t192.0.2.7 is mail.example.org, and that is 192.0.2.7."
        assert lines["DKIM"].startswith("could not be checked\tLetters are not signed here. Set")
        assert lines["sent"].startswith("ok\tThe letter to ada@example.org: accepted.")
        assert [one for one, _, _ in taken.letters] == ["ada@example.org"]
        other = broadsheet(tmp_path, *words, "192.0.2.9", "--format", "json", code=1)
        found = json.loads(other.stdout)
        assert len(taken.letters) == 1
    (sender,) = [one for one in found if one["check"] == "SPF of the sender"]
    assert sender == {
        "check": "SPF of the sender",
        "verdict": "wrong",
        "found": "example.org says that 192.0.2.9 may not send (`-all`).",
        "advice": "Add `ip4:192.0.2.9` to its record.",
    }


def test_what_is_no_address_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    words = ("--home", str(tmp_path), "doctor", "mail")
    for option, value, told in (
        ("--sends-from", "mail.example.org", "no IP address"),
        ("--nameserver", "dns.example.org", "no name server"),
        ("--to", "ada", "no address"),
    ):
        done = CliRunner().invoke(app, [*words, option, value])
        assert isinstance(done.exception, InputError)
        assert told in done.exception.message
