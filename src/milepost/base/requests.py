"""The request that is being answered, by its number: what is logged meanwhile carries it."""

from contextvars import ContextVar
from typing import Final

# Empty where no request is being answered: in a worker, in a command.
NUMBER: Final[ContextVar[str]] = ContextVar("number of the request", default="")
