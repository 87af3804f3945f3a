"""The application as a server sees it."""

import contextlib
import ctypes
import os
import signal

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")

# A worker must not outlive a supervisor that was killed: it would keep the port. PR_SET_PDEATHSIG is Linux's alone.
PR_SET_PDEATHSIG = 1
with contextlib.suppress(OSError, AttributeError):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

application = get_wsgi_application()
