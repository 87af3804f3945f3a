"""The web server: granian, one worker process with several threads, in the foreground."""

import multiprocessing
import socket
from threading import Event, Thread
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

THREADS: Final = 4
PAUSE: Final = 0.1


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


def prepare(host: str, port: int) -> None:
    """Bring the database and the assets up to this version. Refuses an address that is taken."""
    check_free(host, port)
    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)


def serve(host: str, port: int, *, out: OutputWrapper) -> None:
    """Serve until stopped, and tell the address once it answers; a worker that dies is started again."""
    Thread(target=_tell_when_open, args=(host, port, out), daemon=True).start()
    # A worker that is forked takes along what another thread holds open at that moment: the pipe by which `beside`
    # waits for a process that it starts. One that is spawned takes nothing.
    multiprocessing.set_start_method("spawn", force=True)
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


def _tell_when_open(host: str, port: int, out: OutputWrapper) -> None:
    """Granian listens only when its worker has started: whoever followed the address before would be refused."""
    waiting = Event()
    while not _is_open(host, port):
        waiting.wait(PAUSE)
    out.write(f"Milepost is at http://{host}:{port}/")
    # Where output is piped nobody would see it before the end.
    out.flush()


def _is_open(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=PAUSE).close()
    except OSError:
        return False
    return True
