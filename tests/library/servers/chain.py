"""A real chain of mail servers: postfix takes letters, dovecot keeps them and shows them by IMAP.

Both run from a folder of their own, on ports of this machine, and read no configuration of the
system. As root they give up what they do not need, as they do anywhere.
"""

import imaplib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwnam
from typing import Any

from tests.library.letters import certificate
from tests.library.site import free_port

NEEDED = (
    "/usr/sbin/postfix",
    "/usr/sbin/dovecot",
    "/usr/lib/dovecot/imap",
    "/usr/lib/dovecot/lmtp",
    "/usr/lib/dovecot/modules/lib90_sieve_plugin.so",
    "/usr/sbin/opendkim",
)
"""What `scripts/system-parts nightly` installs; OpenDKIM is asked by the tests what it verifies."""
DOMAIN = "example.org"
PASSWORD = "a passw0rd"
KEPT = ("ada", "bob", "eve", "full", "news", "bounces")
"""Mailboxes that there are: `full` has no room, and a program answers for `eve`."""
LOST = ("gone",)
"""Mailboxes that postfix takes letters for, and dovecot does not know."""
_AWAY = """
require ["vacation"];
vacation :addresses ["eve@example.org"] "I am away until Monday.";
"""
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.net
mydestination =
mynetworks =
alias_maps =
notify_classes =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
recipient_delimiter = +
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {folder}/localhost.pem
smtpd_tls_key_file = {folder}/localhost.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
"""
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
hostname = mx.example.net
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/localhost.pem
ssl_key = <{folder}/localhost.key
first_valid_uid = 1
recipient_delimiter = +
auth_username_format = %n
mail_location = maildir:~/Maildir
mail_plugins = quota
submission_host = 127.0.0.1:{smtp}
quota_full_tempfail = no
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
protocol lmtp {{
  mail_plugins = quota sieve
}}
plugin {{
  quota = count:All
  quota_vsizes = yes
  sieve = file:~/sieve;active=~/away.sieve
}}
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the servers of a chain are, and where they write what they do."""

    folder: Path
    smtp: int
    lmtp: int
    auth: int
    imap: int
    imaps: int

    @property
    def trusted(self) -> Path:
        """The certificate that both show."""
        return self.folder / "localhost.pem"

    def mails(self, name: str) -> list[bytes]:
        """What is in somebody's mailbox, as a mail program gets it."""
        return [part[1] for part in self._fetched(name, "(BODY.PEEK[])") if len(part) == 2]

    def flags(self, name: str) -> list[set[str]]:
        """How the mails in somebody's mailbox are marked."""
        found = (imaplib.ParseFlags(line) for line in self._fetched(name, "(FLAGS)"))
        return [{flag.decode() for flag in flags} - {"\\Recent"} for flags in found]

    def _fetched(self, name: str, what: str) -> list[Any]:
        """What the server says of all mails of a mailbox, without marking any."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=30) as imap:
            imap.login(name, PASSWORD)
            imap.select("INBOX", readonly=True)
            kind, found = imap.uid("FETCH", "1:*", what)
        assert kind == "OK"
        return [one for one in found if one not in (None, b")")]

    def wait_for(self, name: str, count: int) -> list[bytes]:
        """What is in somebody's mailbox, as soon as there are so many."""
        self._wait(lambda: len(self.mails(name)) >= count)
        return self.mails(name)

    def told(self) -> str:
        """What the servers wrote down."""
        logs = (self.folder / name for name in ("postfix.log", "dovecot.log"))
        lines = [line for log in logs if log.exists() for line in log.read_text().splitlines()]
        return "\n".join(line for line in lines if " imap" not in line)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        for _ in range(300):
            with suppress(OSError, imaplib.IMAP4.abort):
                if is_so():
                    return
            time.sleep(0.1)
        raise AssertionError(f"it never came:\n{self.told()}")


def lacking() -> str:
    """Why no chain can be started here; empty if one can."""
    missing = [name for name in NEEDED if not Path(name).exists()]
    if missing:
        return f"needs {', '.join(missing)}: run `scripts/system-parts nightly`"
    return "" if os.geteuid() == 0 else "postfix gives its parts to users of its own: needs root"


@contextmanager
def mail_chain() -> Iterator[Chain]:
    """A chain, for as long as this is open."""
    # Users without rights look into it, so it is no folder inside one of ours.
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-chain-"))
    chain = Chain(folder, *(free_port() for _ in range(5)))
    try:
        _write(chain)
        with _dovecot(chain), _postfix(chain):
            chain.wait_for("ada", 0)
            yield chain
    finally:
        shutil.rmtree(folder)


def _write(chain: Chain) -> None:
    """The configuration of both servers, and their mailboxes."""
    folder = chain.folder
    folder.chmod(0o755)
    key, _ = certificate(folder, "localhost")
    key.chmod(0o600)
    names = {
        "folder": folder,
        "domain": DOMAIN,
        "mailboxes": ", ".join(f"{{{name}@{DOMAIN} = x}}" for name in KEPT + LOST),
        **{name: getattr(chain, name) for name in ("smtp", "lmtp", "auth", "imap", "imaps")},
    }
    config = folder / "postfix"
    for made in (config, folder / "queue", folder / "data", folder / "homes"):
        made.mkdir()
    shutil.chown(folder / "data", "postfix")
    (config / "main.cf").write_text(_MAIN.format(**names))
    (config / "master.cf").write_text(_MASTER.format(**names))
    (folder / "dovecot.conf").write_text(_DOVECOT.format(**names))
    mail = getpwnam("mail")
    lines = []
    for name in KEPT:
        home = folder / "homes" / name
        home.mkdir()
        shutil.chown(home, mail.pw_uid, mail.pw_gid)
        room = "userdb_quota_rule=*:storage=1K" if name == "full" else ""
        ids = f"{mail.pw_uid}:{mail.pw_gid}"
        lines.append(f"{name}:{{PLAIN}}{PASSWORD}:{ids}::{home}::{room}\n")
    (folder / "users").write_text("".join(lines))
    away = folder / "homes" / "eve" / "away.sieve"
    away.write_text(_AWAY)
    shutil.chown(away, mail.pw_uid, mail.pw_gid)


@contextmanager
def _dovecot(chain: Chain) -> Iterator[None]:
    command = ["/usr/sbin/dovecot", "-F", "-c", str(chain.folder / "dovecot.conf")]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _postfix(chain: Chain) -> Iterator[None]:
    command = ["/usr/sbin/postfix", "-c", str(chain.folder / "postfix")]
    done = subprocess.run([*command, "start"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr + chain.told()
    try:
        yield
    finally:
        subprocess.run([*command, "stop"], capture_output=True, timeout=60, check=False)
