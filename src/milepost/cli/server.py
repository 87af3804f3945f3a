"""The web server: granian, one worker process with several threads, in the foreground."""

from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS: Final = 4


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
