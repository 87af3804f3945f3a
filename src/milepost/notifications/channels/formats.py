"""What each kind of hook takes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

PREFIX: Final = "whsec_"


@dataclass(frozen=True)
class Line:
    """One thing that is told, in words and, for programs, as data."""

    title: str
    line: str
    address: str
    data: dict[str, Any]


def slack(lines: Sequence[Line]) -> dict[str, Any]:
    """A message of an incoming webhook. Signs that Slack would read as its own are written out."""
    blocks = [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"*<{one.address}|{_plain(one.title)}>*\n{_plain(one.line)}"},
        }
        for one in lines
    ]
    return {"text": "\n".join(_plain(one.title) for one in lines), "blocks": blocks}


def teams(lines: Sequence[Line]) -> dict[str, Any]:
    """A message with an adaptive card, as a workflow takes it that begins with a webhook request."""
    body: list[dict[str, Any]] = []
    for one in lines:
        body += [
            {"type": "TextBlock", "text": one.title, "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": one.line, "wrap": True, "spacing": "None"},
        ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": one.title[:80], "url": one.address} for one in lines[:1]],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def webhook(lines: Sequence[Line]) -> dict[str, Any]:
    """Data, in the words of the API."""
    return {"type": "notices", "notices": [one.data for one in lines]}


def signed(message_id: str, timestamp: int, body: bytes, key: str) -> dict[str, str]:
    """The headers of Standard Webhooks: HMAC-SHA256 over id, time and body. Receivers refuse what is 5 minutes old."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}


def encoded(document: dict[str, Any]) -> bytes:
    """As it is sent, and signed."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
