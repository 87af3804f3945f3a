"""What lets us into a help desk, sealed."""

import json
from collections.abc import Mapping

from milepost.account import sealed as installation
from milepost.base.errors import Misconfigured, SourceFailed


def seal(secrets: Mapping[str, str]) -> str:
    """The secrets as a text that says nothing without the key."""
    return installation.seal(json.dumps(dict(secrets))) if secrets else ""


def unseal(sealed: str) -> dict[str, str]:
    """The secrets again; refuses where the installation has another key than when they were sealed."""
    if not sealed:
        return {}
    try:
        secrets: dict[str, str] = json.loads(installation.unseal(sealed))
    except Misconfigured as error:
        raise SourceFailed(error.message, permanent=True) from error
    return secrets
