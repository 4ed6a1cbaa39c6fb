"""What comes back is read whatever state it is in: reports, complaints, answers, rubbish (M5)."""

import base64
import quopri
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import BounceKind
from broadsheet.faces.mail.bounces import Returned, read_returned, refusal_of
from tests.library.letters import HEAD

MARKED = replace(HEAD, marks=b"m" * 32)
OURS = "ab" * 20


def report(
    fields: str, kind: str = "delivery-status", to: str = "", message_id: str = OURS
) -> bytes:
    """A report of a mail server (RFC 3462) with a letter's head."""
    lines = [
        "From: MAILER-DAEMON@mx.example.net",
        f"To: {to or MARKED.return_path(7)}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"',
        "",
        "--cut",
        "",
        "I'm sorry to have to inform you.",
        "--cut",
        f"Content-Type: message/{kind}",
        "",
        *fields.split("\n"),
        "--cut",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: <{message_id}@papers.example.org>",
        "To: ada@example.org",
        "",
        "Hello",
        "--cut--",
        "",
    ]
    return "\r\n".join(lines).encode()


def failure(
    status: str, action: str = "failed", told: str = "550 no such user", **further: str
) -> bytes:
    """A delivery report (RFC 3464)."""
    return report(
        "Reporting-MTA: dns; mx.example.net\n"
        "Arrival-Date: Sat, 21 Nov 2026 08:00:00 +0000\n"
        "\n"
        "Final-Recipient: rfc822; ada@example.org\n"
        f"Action: {action}\n"
        f"Status: {status}\n"
        f"Diagnostic-Code: smtp; {told}\n",
        **further,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", BounceKind.HARD),
        ("5.1.10", BounceKind.HARD),
        ("5.2.1", BounceKind.HARD),
        ("5.0.0", BounceKind.HARD),
        ("5.2.2", BounceKind.SOFT),
        ("5.7.1", BounceKind.SOFT),
        ("4.4.7", BounceKind.SOFT),
        ("", BounceKind.HARD),
    ],
)
def test_a_failure_is_for_good_or_for_now(status: str, kind: BounceKind) -> None:
    found = read_returned(failure(status), MARKED)
    assert (found.kind, found.letter_key, found.message_id) == (kind, 7, OURS)
    assert "550 no such user" in found.detail


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("550 5.1.1 No such mailbox", BounceKind.HARD),
        ("552 5.2.2 Over quota", BounceKind.SOFT),
        ("554 5.7.1 You are on a list", BounceKind.SOFT),
        ("550 Go away", BounceKind.SOFT),
    ],
)
def test_a_refusal_is_for_good_only_if_it_says_so(told: str, kind: BounceKind) -> None:
    assert refusal_of(told) is kind


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("552 5.3.4 Message size exceeds fixed limit", BounceKind.SOFT),
        ("550 5.6.0 Your message looks odd", BounceKind.SOFT),
        ("501 5.5.4 Syntax", BounceKind.SOFT),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", BounceKind.HARD),
        ("550 5.4.1 Recipient address rejected: Access denied", BounceKind.HARD),
        ("554 Blocked: 5.1.1.33 is on a list", BounceKind.SOFT),
        ("554 Client host [45.5.1.12] is blocked", BounceKind.SOFT),
        ("550-5.1.1 The account does not exist.", BounceKind.HARD),
        ("550 User unknown (#5.1.1).", BounceKind.HARD),
    ],
)
def test_what_says_nothing_of_the_address_is_not_for_good(told: str, kind: BounceKind) -> None:
    assert refusal_of(told) is kind


def test_a_report_that_has_no_code_of_its_own_has_that_of_the_diagnosis() -> None:
    """Exim says 5.0.0 whatever happened."""
    found = read_returned(failure("5.0.0", told="552 5.2.2 mailbox full"), MARKED)
    assert (found.kind, found.detail) == (BounceKind.SOFT, "5.2.2 smtp; 552 5.2.2 mailbox full")


def plain(body: str, to: str = "", **headers: str) -> bytes:
    """A report that is text alone."""
    mail = EmailMessage()
    mail["From"] = "MAILER-DAEMON@mx.example.net"
    mail["To"] = to or str(MARKED.return_path(7))
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


QMAIL = """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ada@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bounces@papers.example.org>
Message-ID: <{id}@papers.example.org>
Subject: A limit of 4.2.2

Hello
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.org
    SMTP error from remote mail server after RCPT TO:<ada@example.org>:
    host mx.example.net [192.0.2.1]: 552 5.2.2 Over quota

------ This is a copy of the message, including all the headers. ------

Message-ID: <{id}@papers.example.org>
Subject: 5.1.1

Hello
"""


def test_reports_that_are_text_alone_are_read() -> None:
    found = read_returned(plain(QMAIL.format(id="other")), MARKED)
    assert (found.kind, found.letter_key, found.message_id) == (BounceKind.HARD, 7, None)
    assert found.detail.endswith("no mailbox here by that name. (#5.1.1)")
    found = read_returned(plain(QMAIL.format(id=OURS), to="x@papers.example.org"), HEAD)
    assert (found.kind, found.letter_key, found.message_id) == (BounceKind.HARD, None, OURS)
    marks = {"X_Failed_Recipients": "ada@example.org", "Auto_Submitted": "auto-replied"}
    found = read_returned(plain(EXIM.format(id=OURS), **marks), MARKED)
    assert (found.kind, found.letter_key) == (BounceKind.SOFT, 7)
    strange = plain(QMAIL.format(id="other"), to="bounces+7-000000000000@papers.example.org")
    assert read_returned(strange, MARKED).unknown


STRANGER = "bounces@papers.example.org"
BARE = {"to": STRANGER, "message_id": "other"}


def test_the_letter_is_found_where_a_report_names_it_otherwise() -> None:
    answer = failure("5.1.1", **BARE).replace(
        b"Auto-Submitted",
        b"References: <x@y> <%b@papers.example.org>\r\nAuto-Submitted" % OURS.encode(),
    )
    assert read_returned(answer, MARKED).message_id == OURS
    path = str(MARKED.return_path(7))
    complaint = f"Feedback-Type: abuse\nOriginal-Mail-From: <{path}>\n"
    assert read_returned(report(complaint, "feedback-report", **BARE), MARKED).letter_key == 7
    whole = (
        failure("5.1.1", **BARE)
        .replace(b"Hello", b"")
        .replace(b"Message-ID: <other", b"Return-Path: <%b>\r\nMessage-ID: <other" % path.encode())
    )
    assert read_returned(whole, MARKED).letter_key == 7


@pytest.mark.parametrize(
    ("name", "encode"), [("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring)]
)
def test_a_report_that_is_encoded_is_read(name: str, encode: Callable[[bytes], bytes]) -> None:
    fields = "Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x; =\n"
    head = "\nContent-Transfer-Encoding: "
    raw = report("", f"delivery-status{head}{name}\n\n{encode(fields.encode()).decode()}")
    assert read_returned(raw, MARKED).kind is BounceKind.HARD


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    assert read_returned(failure("4.0.0", action), MARKED).ignored


def test_the_status_may_be_in_the_diagnosis_alone() -> None:
    assert read_returned(failure("", told="452 4.2.2 over quota"), MARKED).kind is BounceKind.SOFT


def test_a_report_of_no_letter_of_ours_is_kept_for_somebody_to_look_at() -> None:
    raw = report(
        "\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n",
        to="bounces+7-000000000000@papers.example.org",
        message_id="other",
    )
    assert read_returned(raw, MARKED) == Returned(unknown="It reports of no letter of ours.")


def test_the_message_id_is_enough_without_marks() -> None:
    found = read_returned(failure("5.1.1"), HEAD)
    assert (found.letter_key, found.message_id) == (None, OURS)


def test_a_head_alone_that_comes_back_is_enough() -> None:
    raw = failure("5.1.1").replace(b"message/rfc822", b"text/rfc822-headers")
    assert read_returned(raw, HEAD).message_id == OURS


def test_a_complaint_is_one() -> None:
    raw = report("Feedback-Type: abuse\nUser-Agent: Example/1\nVersion: 1\n", "feedback-report")
    found = read_returned(raw, MARKED)
    assert (found.kind, found.letter_key) == (BounceKind.COMPLAINT, 7)
    raw = report("Feedback-Type: not-spam\nVersion: 1\n", "feedback-report")
    assert read_returned(raw, MARKED).ignored


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied (vacation)"),
        ("Auto-Submitted", "auto-replied; owner-email=x"),
        ("X-Autoreply", "yes"),
        ("Precedence", "auto_reply"),
    ],
)
def test_somebody_on_holiday_is_no_bounce(name: str, value: str) -> None:
    mail = EmailMessage()
    mail["To"] = str(MARKED.return_path(7))
    mail["Subject"] = "Out of office: 550 5.1.1"
    mail[name] = value
    mail.set_content("I am away. 550 5.1.1 User unknown")
    found = read_returned(mail.as_bytes(), MARKED)
    assert found.ignored
    assert found.kind is None


def test_a_letter_of_a_person_is_kept() -> None:
    mail = EmailMessage()
    mail["To"] = str(MARKED.return_path(7))
    mail["Subject"] = "Your letters"
    mail.set_content("I like them.")
    assert read_returned(mail.as_bytes(), MARKED).unknown


WHOLE = (
    failure("5.1.1"),
    failure("4.4.7"),
    report("Feedback-Type: abuse\n", "feedback-report"),
)


@given(
    raw=st.sampled_from(WHOLE),
    cuts=st.lists(
        st.tuples(st.integers(0, 2_000), st.integers(0, 60), st.binary(max_size=30)), max_size=6
    ),
)
def test_a_damaged_report_stops_nothing(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    """M5: bytes taken out and put in anywhere."""
    for at, length, put in cuts:
        raw = raw[:at] + put + raw[at + length :]
    found = read_returned(raw, MARKED)
    assert (found.kind is not None) + bool(found.ignored) + bool(found.unknown) == 1
    assert "\n" not in found.detail


@given(raw=st.binary(max_size=3_000))
def test_rubbish_stops_nothing(raw: bytes) -> None:
    found = read_returned(raw, MARKED)
    assert (found.kind is not None) + bool(found.ignored) + bool(found.unknown) == 1


def test_deep_and_wide_mail_is_read_in_time() -> None:
    deep = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 500 + b"x"
    assert read_returned(deep, MARKED).unknown
    wide = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 20_000
    assert read_returned(wide, MARKED).unknown
