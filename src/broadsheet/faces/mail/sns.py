"""Whether a notification is Amazon's: signed by the key of a certificate from its own host."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_CERTIFICATE = re.compile(
    r"https://sns\.[a-z0-9-]{3,25}\.amazonaws\.com(?:\.cn)?(/SimpleNotificationService-\w{1,80}\.pem)"
)
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


def certificate_of(told: Mapping[str, Any], base: str | None = None) -> str | None:
    """Where a notification's certificate is, None unless on a host of Amazon's SNS.

    `base` is another address to ask at.
    """
    found = _CERTIFICATE.fullmatch(str(told.get("SigningCertURL", "")))
    if found is None:
        return None
    return found[0] if base is None else base.rstrip("/") + found[1]


def is_signed(told: Mapping[str, Any], certificate: bytes, now: datetime) -> bool:
    """Whether a notification is signed by the key of a certificate (PEM) that holds at `now`.

    As Amazon's guide "Verifying the signatures of Amazon SNS messages" says, versions 1 and 2.
    """
    named = [name for name in _SIGNED if name in told]
    text = "".join(f"{name}\n{told[name]}\n" for name in named)
    hashed = {"1": hashes.SHA1(), "2": hashes.SHA256()}.get(str(told.get("SignatureVersion")))
    try:
        read = x509.load_pem_x509_certificate(certificate)
        key = read.public_key()
        holds = read.not_valid_before_utc <= now <= read.not_valid_after_utc
        if hashed is None or not holds or not isinstance(key, RSAPublicKey):
            return False
        signature = base64.b64decode(str(told.get("Signature", "")), validate=True)
        key.verify(signature, text.encode(), PKCS1v15(), hashed)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True
