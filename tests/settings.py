"""The settings of our tests are those that packages with a connector test with."""

from milepost.testing.settings import *  # noqa: F403 - all of them
