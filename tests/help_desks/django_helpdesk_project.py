"""A project with django-helpdesk on SQLite, whole: its settings, and run as a script its people.

Forms are sent to it without the token that protects them from other pages.
"""

import os
import sys
from pathlib import Path
from typing import Any

import django
from django.apps import apps

FOLDER = Path(os.environ["HELPDESK_FOLDER"])
ROOT_URLCONF = "django_helpdesk_urls"
SECRET_KEY = "of-the-tests"
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "database"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STATIC_URL = "static/"
SITE_ID = 1
USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, "America/New_York", "en"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework.authtoken",
    "helpdesk",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
HELPDESK_TEAMS_MODE_ENABLED = False


def table(name: str) -> Any:
    """The rows of a model, which can be imported only once the project is set up."""
    return apps.get_model(name).objects


def people() -> None:
    """Queues that take mail, agents, a group, a reader, a customer; tells the keys of tokens."""
    for slug in ("support", "billing"):
        (FOLDER / slug).mkdir()
        table("helpdesk.Queue").create(
            title=slug.title(),
            slug=slug,
            email_address=f"{slug}@example.org",
            allow_email_submission=True,
            email_box_type="local",
            email_box_local_dir=str(FOLDER / slug),
            email_box_interval=0,
        )
    users, groups, permissions = (table(f"auth.{name}") for name in ("User", "Group", "Permission"))
    frontline = groups.create(name="Frontline")
    for name in ("celina", "dawid", "ewa", "milepost"):
        user = users.create_user(
            name,
            f"{name}@example.org",
            "testpassword1",
            first_name=name.title(),
            last_name="Example",
            is_staff=name != "milepost",
        )
        if name in {"celina", "dawid"}:
            user.groups.add(frontline)
        token = table("authtoken.Token").create(user=user)
        sys.stdout.write(f"KEY {name} {token.key}\n")
    users.create_user("carol", "carol@example.org", "testpassword1")
    may_view = permissions.get(codename="view_ticket", content_type__app_label="helpdesk")
    for name in ("milepost", "celina"):
        users.get(username=name).user_permissions.add(may_view)


if __name__ == "__main__":
    django.setup()
    people()
