"""The settings of tests: a data folder of their own, gone at the end, and no step that only production needs."""

import atexit
import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="milepost-tests-")
atexit.register(_folder.cleanup)
# Before anything reads a setting: the real settings make a key in the data folder as soon as they are imported.
os.environ["MILEPOST_DATA"] = _folder.name

# A program that a test starts is the real one.
os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"

from milepost.config.settings import *  # noqa: E402, F403 - as above
from milepost.config.settings import STATIC_ROOT, STORAGES  # noqa: E402 - as above

# Hashing a password slowly guards it; here it guards nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Files are served from where they are, without the manifest that collectstatic makes.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir()
