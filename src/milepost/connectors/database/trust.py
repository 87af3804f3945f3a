"""Whose certificates are trusted: those of the authorities that this machine trusts."""

import ssl
from pathlib import Path
from typing import Final

# Where systems keep them in one file; libpq takes no folder, and brings a library that looks elsewhere.
FILES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def authorities() -> str:
    """The file of the authorities; what libpq calls its system where there is none."""
    told = ssl.get_default_verify_paths().cafile
    return told or next((file for file in FILES if Path(file).is_file()), "system")


def context(*, proved: bool) -> ssl.SSLContext:
    """What encrypts; when the name of the server must be proved, with a certificate for it."""
    made = ssl.create_default_context()
    if not proved:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made
