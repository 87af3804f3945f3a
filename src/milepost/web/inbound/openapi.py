"""The description of an entrance in OpenAPI, made from the words that are read."""

from typing import Any, Final

from milepost import __version__
from milepost.connectors.contract import LARGEST
from milepost.connectors.inbound.body import LONGEST_ID
from milepost.connectors.vocabulary import BEST, LONGEST, NEEDED, TEXTS, WORDS

MOMENT: Final = {"type": "string", "format": "date-time"}
NUMBER_OR_TEXT: Final = {"type": ["string", "integer"], "maxLength": LONGEST}


def document(address: str) -> dict[str, Any]:
    """All there is to know to send to this address."""
    server, _, path = address.partition("/inbound/")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milepost inbound", "version": __version__},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {f"/inbound/{path}": {"post": _post()}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Event": _event(),
                "Ticket": _ticket(),
                "Heartbeat": _heartbeat(),
                "Answer": _answer(),
                "Problem": _problem(),
            },
        },
    }


def _post() -> dict[str, Any]:
    item = {"oneOf": [_ref("Event"), _ref("Ticket"), _ref("Heartbeat")]}
    items = {"type": "array", "items": item, "maxItems": LARGEST}
    answers: dict[str, Any] = {
        "202": _content("Kept; it is in the numbers within a minute.", "Answer"),
        "207": _content("Kept in part; “items” says what was rejected, and why.", "Answer"),
    }
    problems = {
        "401": "The token is missing, wrong or revoked.",
        "404": "There is no such address.",
        "413": "Too large, or too many events.",
        "415": "Not JSON.",
        "422": "Nothing of it could be read.",
        "429": "Too many requests.",
        "503": "Too much waits to be read.",
    }
    answers |= {status: _content(said, "Problem", "application/problem+json") for status, said in problems.items()}
    return {
        "summary": "Send ticket events",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"oneOf": [item, items]}},
                "application/x-ndjson": {"schema": item},
            },
        },
        "responses": answers,
    }


def _event() -> dict[str, Any]:
    name = {"type": "string", "maxLength": LONGEST_ID, "description": "By what the sender knows the event."}
    return _object({"id": name, "ticket": NUMBER_OR_TEXT, "created": MOMENT, **_happened()}, required=NEEDED)


def _ticket() -> dict[str, Any]:
    events = {"type": "array", "minItems": 1, "items": _object(_happened(), required=("at",))}
    told = {"ticket": NUMBER_OR_TEXT, "created": MOMENT, "events": events}
    return _object(told, required=tuple(told)) | {"description": "All there is to tell of a ticket."}


def _heartbeat() -> dict[str, Any]:
    said = {"complete_from": MOMENT, "complete_until": MOMENT}
    return _object(said, required=()) | {"minProperties": 1, "description": "All between these moments was sent."}


def _happened() -> dict[str, Any]:
    words = {
        name: {"type": ["string", "null"], "description": ", ".join(word.value for word in known)}
        for name, known in WORDS.items()
    }
    texts = {name: {"type": ["string", "null"], "maxLength": LONGEST} for name in TEXTS}
    return {"at": MOMENT, **words, **texts, "score": {"type": ["integer", "null"], "minimum": 0, "maximum": BEST}}


def _answer() -> dict[str, Any]:
    counts = {name: {"type": "integer"} for name in ("accepted", "unchanged", "rejected")}
    item = {"item": {"type": "integer"}, "outcome": {"enum": list(counts)}}
    why = {name: {"type": "string"} for name in ("field", "reason")}
    return _object({**counts, "items": {"type": "array", "items": _object(item | why, required=tuple(item))}})


def _problem() -> dict[str, Any]:
    said = {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}
    return {"type": "object", "properties": said, "required": list(said)}


def _object(properties: dict[str, Any], *, required: tuple[str, ...] | None = None) -> dict[str, Any]:
    needed = tuple(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def _content(said: str, schema: str, kind: str = "application/json") -> dict[str, Any]:
    return {"description": said, "content": {kind: {"schema": _ref(schema)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
