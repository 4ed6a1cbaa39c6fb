"""Passkeys: what a browser is asked to make or to sign, and whether what it gives is believed."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from broadsheet.accounts.names import checked_text
from broadsheet.catalogue import Desk
from broadsheet.errors import ConflictError, ForbiddenError
from broadsheet.people import Passkey, Reader, Role
from broadsheet.signing import is_same, new_secret, signed, unsigned

LEAST = Role.CURATOR
"""Who may have passkeys: those whose account is worth stealing."""
MOST_PASSKEYS = 10
MOST_NAME = 80
_TICKET_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What binds a challenge: the signing key, the site's address, and the secret of a session."""

    key: bytes
    origin: str
    session: str

    @property
    def host(self) -> str:
        """The name that passkeys are held to (relying party id)."""
        return urlsplit(self.origin).hostname or ""

    def ticket(self, challenge: str) -> str:
        """What a form carries along, so that its challenge is known again."""
        return signed(self.key, "passkey", [challenge, self.session])

    def challenge(self, ticket: str) -> bytes:
        """The challenge of a form; ForbiddenError if it is too old, or of another session."""
        held = unsigned(self.key, "passkey", ticket, _TICKET_LASTS)
        if held is None or not is_same(held[1], self.session):
            raise ForbiddenError("This took too long.", hint="Load the page again.")
        return base64url_to_bytes(held[0])


def asked_to_make(
    ceremony: Ceremony, site: str, reader: Reader, there: list[Passkey]
) -> tuple[str, str]:
    """The options for a new passkey as JSON, and the form's ticket."""
    challenge = new_secret()
    options = generate_registration_options(
        rp_id=ceremony.host,
        rp_name=site,
        user_name=reader.name,
        user_id=f"reader-{reader.key}".encode(),
        user_display_name=reader.shown_name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in there
        ],
    )
    return options_to_json(options), ceremony.ticket(challenge)


def made(
    desk: Desk,
    ceremony: Ceremony,
    reader: Reader,
    name: str,
    ticket: str,
    credential: str,
    now: datetime,
) -> Passkey:
    """Keep a passkey that a browser made; ForbiddenError if it is not to be believed."""
    if len(desk.identities.passkeys_of(reader.key)) >= MOST_PASSKEYS:
        raise ConflictError(f"An account has {MOST_PASSKEYS} passkeys at most.")
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=ceremony.challenge(ticket),
            expected_rp_id=ceremony.host,
            expected_origin=ceremony.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise _refused(error) from error
    passkey = Passkey(
        credential=bytes_to_base64url(found.credential_id),
        reader_key=reader.key,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=checked_text(name, "passkey's name", MOST_NAME) or "Passkey",
        added=now,
    )
    desk.identities.add_passkey(passkey)
    return passkey


def asked_to_sign(ceremony: Ceremony) -> tuple[str, str]:
    """The options for a signature of any passkey of this site, as JSON, and the form's ticket."""
    challenge = new_secret()
    options = generate_authentication_options(
        rp_id=ceremony.host,
        challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options), ceremony.ticket(challenge)


def signer(desk: Desk, ceremony: Ceremony, ticket: str, credential: str, now: datetime) -> Reader:
    """Whose passkey signed; ForbiddenError if nobody's did, or if it was copied."""
    challenge = ceremony.challenge(ticket)
    passkey = desk.identities.passkey(_id_of(credential))
    reader = desk.readers.get(passkey.reader_key) if passkey else None
    if passkey is None or reader is None:
        raise ForbiddenError("This passkey is not known here.", hint="Sign in in another way.")
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=ceremony.host,
            expected_origin=ceremony.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise _refused(error) from error
    desk.identities.used_passkey(passkey.credential, found.new_sign_count, now)
    return reader


def _id_of(credential: str) -> str:
    """The id that a credential says it has, empty if it says none."""
    try:
        told = json.loads(credential)
    except (ValueError, RecursionError):
        return ""
    found = told.get("id") if isinstance(told, dict) else None
    return found.replace("\0", "") if isinstance(found, str) else ""


def _refused(error: Exception) -> ForbiddenError:
    return ForbiddenError(f"This passkey is not believed ({error}).", hint="Load the page again.")
