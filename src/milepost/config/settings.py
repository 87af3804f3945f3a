"""All settings of this installation. They come from the environment; docs/run/settings.md lists them."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from milepost.config import env, logs, translations

DATA_FOLDER = env.data_folder()
FACTS_FOLDER = DATA_FOLDER / "facts"
ENGINE = env.engine()
MEMORY = env.memory()
# Help desks whose database is a file or a socket of this machine are read out of these folders alone.
DATABASE_FOLDERS = env.words("DATABASE_FOLDERS", ())
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_FOLDER)
ALLOWED_HOSTS = env.words("HOSTS", ("localhost", "127.0.0.1", "[::1]"))
HTTPS = env.flag("HTTPS", default=False)
# Who may read /metrics: whoever has the token; without one, programs of this machine, if at all.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
METRICS_LOOPBACK = env.flag("METRICS_LOOPBACK", default=False)
LOGGING = logs.logging_by(env.one_of("LOGS", logs.Form, default=logs.Form.TEXT))

INSTALLED_APPS = [
    "milepost.web",
    "milepost.cli",
    "milepost.worker",
    "milepost.notifications",
    "milepost.progress",
    "milepost.goals",
    "milepost.sources",
    "milepost.people",
    "milepost.account",
    "milepost.history",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    # Asked by the address of a machine and without TLS: before all that minds either.
    "milepost.web.watch.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "milepost.web.watch.requests.Requests",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "milepost.web.errors.ErrorPages",
]

ROOT_URLCONF = "milepost.config.urls"
WSGI_APPLICATION = "milepost.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "milepost.web.shell.shell",
            ],
        },
    }
]

DATABASES = {"default": env.database(DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pl", _("Polish"))]
LOCALE_PATHS = translations.folders(PACKAGE)
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Links in messages begin with it.
ADDRESS = env.address()
_mail_server = env.mail_server()
EMAIL_HOST = _mail_server.host
EMAIL_PORT = _mail_server.port
EMAIL_HOST_USER = _mail_server.user
EMAIL_HOST_PASSWORD = _mail_server.password
EMAIL_USE_SSL = _mail_server.tls
EMAIL_USE_TLS = _mail_server.starttls
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Milepost <milepost@localhost>")
# The hosts of private networks that messages may be posted to and calendars read from, as "host" or "host:port".
PRIVATE_HOSTS = env.words("PRIVATE_HOSTS", ())
# The services of apprise that messages may be posted to, by what their addresses begin with.
APPRISE = [word.lower() for word in env.words("APPRISE", ())]

STATIC_URL = "static/"
STATIC_ROOT = DATA_FOLDER / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The grid of targets is one form, with a field for each of 200 contributors in each of 53 weeks, and for pipelines.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "milepost.web.errors.unverified"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

django_stubs_ext.monkeypatch()
