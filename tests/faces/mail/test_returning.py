"""What comes back is acted on once, by whichever way it is told (M4)."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr
from starlette.testclient import TestClient

from broadsheet.catalogue import (
    DIGEST,
    Cadence,
    Catalogue,
    Letter,
    Posted,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests import add
from broadsheet.errors import StoreError
from broadsheet.faces.app import create
from broadsheet.faces.mail import Taken, letterhead_of, take_returned
from broadsheet.service import Service
from broadsheet.settings import Settings
from tests.faces.mail.test_bounces import failure
from tests.library.letters import NOW
from tests.library.servers.telling import Told, telling
from tests.library.site import catalogue_behind, fill_empty

ADA = "ada@example.org"
SECRET = "a password of the provider"
TOPIC = "arn:aws:sns:eu-west-1:123:bounces"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home with a maildir and a provider's password."""
    chosen = {
        "mail_from": "news@papers.example.org",
        "mail_return_path": "bounces@papers.example.org",
        "mail_bounces": tmp_path / "mail",
        "mail_hook_secret": SecretStr(SECRET),
        "mail_hook_topic": TOPIC,
        "scheduler": False,
        "post": False,
    }
    (tmp_path / "mail" / "new").mkdir(parents=True)
    return fill_empty(tmp_path / "home").model_copy(update=chosen)


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """The home, opened."""
    opened = Service.open(settings)
    yield opened
    opened.index.close()
    opened.catalogue.close()


def subscribed(catalogue: Catalogue) -> tuple[Subscription, Posted]:
    """A subscriber, and a letter to them."""
    letter = Letter(kind=DIGEST, subject="1:x", recipient=ADA, values={}, due=NOW)
    with catalogue.writing() as desk:
        one = add(desk, ADA, "", Wishes(cadence=Cadence.DAILY), NOW)
        assert desk.outbox.add(letter, NOW)
        (posted,) = desk.outbox.listed(None, 1)
    return one, posted


def state(catalogue: Catalogue, one: Subscription) -> SubscriptionState:
    with catalogue.reading() as desk:
        found = desk.subscriptions.get(one.key)
    assert found
    return found.state


def test_a_report_in_the_maildir_ends_letters(service: Service, tmp_path: Path) -> None:
    one, posted = subscribed(service.catalogue)
    head = letterhead_of(service.settings, service.signing_key)
    raw = failure("5.1.1").replace(b"To: bounces+7", b"X: 1\r\nTo: bounces+7")
    to = raw.split(b"\r\nTo: ")[1].split(b"\r\n")[0]
    raw = raw.replace(to, str(head.return_path(posted.key)).encode())
    new = tmp_path / "mail" / "new"
    (new / "1.a").write_bytes(raw)
    (new / "2.b").write_bytes(b"From: ada@example.org\n\nWho are you?")
    (new / "3.c").write_bytes(b"Auto-Submitted: auto-replied\n\nI am away.")
    (new / "4.d").write_bytes(b"\xff\xfe\0" * 1000)
    assert take_returned(service, NOW) == Taken(bounces=1, ignored=1, unknown=2)
    assert state(service.catalogue, one) is SubscriptionState.STOPPED
    assert list(new.iterdir()) == []
    assert sorted(file.name for file in (tmp_path / "mail" / "cur").iterdir()) == [
        "1.a:2,S",
        "2.b:2,F",
        "3.c:2,S",
        "4.d:2,F",
    ]
    with service.catalogue.reading() as desk:
        assert {raw for _, _, raw in desk.bounces.unknown(10)} >= {
            b"From: ada@example.org\n\nWho are you?"
        }
        (bounce,) = desk.bounces.latest(10)
    assert (bounce.email, bounce.letter_key) == (ADA, posted.key)
    (new / "5.e").write_bytes(raw)
    assert take_returned(service, NOW + timedelta(days=1)) == Taken(bounces=1)
    with service.catalogue.reading() as desk:
        assert len(desk.bounces.latest(10)) == 1


def test_a_report_with_a_forged_mark_ends_nothing(service: Service, tmp_path: Path) -> None:
    one, posted = subscribed(service.catalogue)
    raw = failure("5.1.1")
    to = raw.split(b"\r\nTo: ")[1].split(b"\r\n")[0]
    forged = f"bounces+{posted.key}-000000000000@papers.example.org".encode()
    (tmp_path / "mail" / "new" / "1").write_bytes(raw.replace(to, forged))
    assert take_returned(service, NOW) == Taken(unknown=1)
    assert state(service.catalogue, one) is SubscriptionState.ACTIVE


def test_a_folder_that_is_none_is_named(service: Service, tmp_path: Path) -> None:
    (tmp_path / "mail" / "new").rmdir()
    with pytest.raises(StoreError, match="No maildir"):
        take_returned(service, NOW)


@pytest.fixture(scope="module")
def amazon() -> Iterator[tuple[str, rsa.RSAPrivateKey]]:
    """The address of a certificate's host, and the key of the certificate."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    with telling(lambda _: Told(made.public_bytes(Encoding.PEM))) as served:
        yield served.url, key


def signed(body: dict[str, Any], key: rsa.RSAPrivateKey, version: str = "2") -> dict[str, Any]:
    """A notification as Amazon signs it."""
    whole = {
        **body,
        "MessageId": "1",
        "Timestamp": "2026-11-21T08:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    }
    order = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{whole[name]}\n" for name in order)
    hashed = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = key.sign(text.encode(), PKCS1v15(), hashed)
    return {**whole, "Signature": base64.b64encode(signature).decode()}


@pytest.fixture
def site(settings: Settings, amazon: tuple[str, rsa.RSAPrivateKey]) -> Iterator[TestClient]:
    """The site, as a provider asks."""
    reached = settings.model_copy(update={"endpoints": {"sns": amazon[0]}})
    with TestClient(create(reached), follow_redirects=False) as client:
        yield client


def catalogue_of(site: TestClient) -> Catalogue:
    catalogue = catalogue_behind(site)
    return catalogue


def told(site: TestClient, path: str, body: Any, password: str = SECRET) -> Any:
    """What is answered to a provider."""
    given = base64.b64encode(f"hook:{password}".encode()).decode()
    return site.post(path, json=body, headers={"Authorization": f"Basic {given}"})


def ses(kind: str, topic: str = TOPIC, **message: Any) -> dict[str, str]:
    """A notification of SES as SNS sends it."""
    inner = {"notificationType": kind, "mail": {"messageId": "m1"}, **message}
    return {"Type": "Notification", "TopicArn": topic, "Message": json.dumps(inner)}


HARD = {"Type": "HardBounce", "ID": 1, "Email": ADA, "Description": "no such user"}
SPAM = {"RecordType": "SpamComplaint", "ID": 2, "Email": ADA}
SES_HARD = ses(
    "Bounce",
    bounce={
        "bounceType": "Permanent",
        "feedbackId": "f1",
        "bouncedRecipients": [{"emailAddress": ADA, "diagnosticCode": "550 5.1.1"}],
    },
)
SES_SPAM = ses(
    "Complaint", complaint={"feedbackId": "f2", "complainedRecipients": [{"emailAddress": ADA}]}
)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/webhooks/postmark", HARD),
        ("/webhooks/postmark", SPAM),
        ("/webhooks/ses", SES_HARD),
        ("/webhooks/ses", SES_SPAM),
    ],
)
def test_a_provider_is_believed_with_its_password(
    site: TestClient, amazon: tuple[str, rsa.RSAPrivateKey], path: str, body: dict[str, Any]
) -> None:
    body = signed(body, amazon[1]) if path.endswith("ses") else body
    one, _ = subscribed(catalogue_of(site))
    assert told(site, path, body, "another password").status_code == 401
    assert site.post(path, json=body).status_code == 401
    assert state(catalogue_of(site), one) is SubscriptionState.ACTIVE
    assert told(site, path, body).json() == {"bounces": 1}
    assert state(catalogue_of(site), one) is SubscriptionState.STOPPED
    assert told(site, path, body).json() == {"bounces": 0}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/webhooks/postmark", {"Type": "Unsubscribe", "Email": ADA}),
        ("/webhooks/postmark", {}),
        ("/webhooks/ses", ses("Delivery")),
        ("/webhooks/ses", {"Type": "SubscriptionConfirmation", "TopicArn": TOPIC}),
    ],
)
def test_what_is_no_bounce_is_taken_and_left(
    site: TestClient, amazon: tuple[str, rsa.RSAPrivateKey], path: str, body: Any
) -> None:
    body = signed(body, amazon[1]) if "Message" in body else body
    one, _ = subscribed(catalogue_of(site))
    assert told(site, path, body).json() == {"bounces": 0}
    assert state(catalogue_of(site), one) is SubscriptionState.ACTIVE


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/webhooks/postmark", [1], 400),
        ("/webhooks/postmark", {"Type": "HardBounce", "Email": "nobody"}, 400),
        ("/webhooks/ses", {"Type": "Notification"}, 400),
        ("/webhooks/ses", {"Type": "Notification", "TopicArn": TOPIC}, 403),
        ("/webhooks/ses", ses("Bounce"), 400),
        ("/webhooks/ses", ses("Complaint", complaint={}), 400),
        ("/webhooks/ses", {**SES_HARD, "TopicArn": "arn:of:another"}, 403),
    ],
)
def test_what_cannot_be_read_is_refused(
    site: TestClient, amazon: tuple[str, rsa.RSAPrivateKey], path: str, body: Any, status: int
) -> None:
    body = signed(body, amazon[1]) if "Message" in body else body
    assert told(site, path, body).status_code == status


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": json.dumps({"notificationType": "Bounce"})},
        {"Signature": "AAAA"},
        {"Signature": "no base64"},
        {"SignatureVersion": "3"},
        {"SigningCertURL": "https://evil.example/SimpleNotificationService-ab.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem"},
        {"Timestamp": "2027-01-01T00:00:00.000Z"},
    ],
)
def test_a_notification_that_amazon_did_not_sign_is_refused(
    site: TestClient, amazon: tuple[str, rsa.RSAPrivateKey], changed: dict[str, str]
) -> None:
    one, _ = subscribed(catalogue_of(site))
    assert (
        told(site, "/webhooks/ses", {**signed(SES_HARD, amazon[1]), **changed}).status_code == 403
    )
    assert state(catalogue_of(site), one) is SubscriptionState.ACTIVE
    answer = told(site, "/webhooks/ses", signed(SES_HARD, amazon[1], "1"))
    assert answer.json() == {"bounces": 1}


def test_without_a_password_that_is_set_nothing_is_taken(tmp_path: Path) -> None:
    closed = fill_empty(tmp_path / "closed").model_copy(update={"scheduler": False, "post": False})
    with TestClient(create(closed)) as client:
        assert told(client, "/webhooks/postmark", HARD).status_code == 403
        assert told(client, "/webhooks/ses", SES_HARD).status_code == 403
