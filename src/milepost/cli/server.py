"""The web server: granian, one worker process with several threads, in the foreground."""

import socket
from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

THREADS: Final = 4


def check_free(host: str, port: int) -> None:
    """Refuse an address that is taken: two servers would share it, and each would answer some of the requests."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise Refused(
            gettext_noop("Nothing can listen at %(host)s, port %(port)s: %(error)s. Choose another one with --port."),
            host=host,
            port=port,
            error=error.strerror,
        ) from error


def serve(host: str, port: int) -> None:
    """Serve until stopped; a worker that dies is started again."""
    Granian(
        "milepost.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=64,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
