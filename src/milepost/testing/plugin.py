"""A plug-in of pytest, for `-p milepost.testing.plugin`: Milepost’s settings, and assertions that say what differs."""

import os

import pytest

# pytest-django reads it when it begins, which is after the plug-ins of the command line are loaded.
os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.testing.settings"

pytest.register_assert_rewrite("milepost.testing.connector_contract")
