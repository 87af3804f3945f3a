"""What lets us into a help desk, encrypted: the key of the installation, which is in no database, opens it."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop


def seal(secrets: Mapping[str, str]) -> str:
    """The secrets as a text that says nothing without the key."""
    return _vault().encrypt(json.dumps(dict(secrets)).encode()).decode("ascii") if secrets else ""


def unseal(sealed: str) -> dict[str, str]:
    """The secrets again; refuses where the installation has another key than when they were sealed."""
    if not sealed:
        return {}
    try:
        secrets: dict[str, str] = json.loads(_vault().decrypt(sealed.encode("ascii")))
    except InvalidToken as error:
        raise SourceFailed(
            gettext_noop(
                "The key of this installation is another one than when the token was entered. Enter it again."
            ),
            permanent=True,
        ) from error
    return secrets


def _vault() -> Fernet:
    """A key for this purpose alone, made from that of the installation."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"milepost sources")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
