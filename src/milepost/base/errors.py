"""The five families of errors. Each carries a sentence that tells a manager what to do."""

from collections.abc import Mapping


class MilepostError(Exception):
    """A sentence for people, translatable: the text is the message id, `values` fill its named places."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Refused(MilepostError):
    """A rule says no. A form shows it; the API answers 409."""


class NotFound(MilepostError):
    """There is no such thing, or it is not visible to who asks: 404."""


class NotAllowed(MilepostError):
    """It is visible, but this act is not allowed: 403."""


class SourceFailed(MilepostError):
    """A help desk or a file could not be read. `permanent` says that trying again is of no use."""

    def __init__(self, message: str, *, permanent: bool, **values: object) -> None:
        super().__init__(message, **values)
        self.permanent = permanent


class Misconfigured(MilepostError):
    """A setting is wrong; nothing starts until it is mended."""
