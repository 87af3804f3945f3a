"""Sealing secrets for the database: whoever reads it alone cannot read them."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from milepost.base.errors import Misconfigured
from milepost.base.marks import gettext_noop


def seal(secret: str) -> str:
    """Sealed with the key of the installation, which is in no database."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; refuses where the installation has another key than then."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Misconfigured(
            gettext_noop(
                "The key of the installation has changed:"
                " enter tokens and the addresses of channels and calendars again."
            )
        ) from None


def _fernet() -> Fernet:
    """A key for this purpose alone, made from that of the installation."""
    key = HKDF(SHA256(), 32, salt=None, info=b"milepost sealed secrets").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
