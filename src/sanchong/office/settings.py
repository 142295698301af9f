"""Django's settings. What differs from machine to machine comes from environment.py."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

from sanchong.office.environment import read_environment

ENVIRONMENT: Final = read_environment()
FOLDER: Final = Path(__file__).parent

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret or "no-session-is-signed-with-this"
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "sanchong.office.urls"
WSGI_APPLICATION = "sanchong.office.wsgi.application"

# In the order in which they know each other: each knows only those before it.
OFFICE_APPS: Final = (
    "trail", "accounts", "lawbook", "people", "citizens", "providers", "catalogue", "imports", "claims", "studies", "web",
)  # fmt: skip
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "ninja",
    *(f"sanchong.office.{name}" for name in OFFICE_APPS),
]
AUTH_USER_MODEL = "accounts.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "sanchong.office.accounts.passwords.MixedValidator"},
    {"NAME": "sanchong.office.accounts.passwords.OwnWordsValidator"},
    {"NAME": "sanchong.office.accounts.passwords.CommonRootValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone")},
    },
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "sanchong.office.accounts.backend.PasswordBackend",
    *(["sanchong.office.citizens.backend.IdentityBackend"] if ENVIRONMENT.identity_provider else []),
]
LOGIN_URL = "web:sign_in"

# Five wrong passwords lock a name for a quarter of an hour, wherever they come from. The trail tells who signed in, so that
# axes keeps no log of its own; a telephone number is counted under its index.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "sanchong.office.accounts.backend.lockout_name"
AXES_LOCKOUT_CALLABLE = "sanchong.office.web.views.sign_in.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Not by address as well: a whole agency comes from one, and five wrong passwords of one clerk must not lock out the others.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# The first three give every answer its headers, those of the door included.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sanchong.office.web.middleware.PageHeaders",
    "sanchong.office.api.door.Door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sanchong.office.web.middleware.Capacity",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanchong.office.web.context.office",
            ]
        },
    }
]

# What a page says after an act stands in the session, never in a cookie of its own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# A JSON body; a form's file is bounded by the door of the interface and by imports.sheet.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
APPEND_SLASH = False

# ── what browsers are told ───────────────────────────────────────────────────────────────────

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
IN_EARNEST: Final = not LOOPBACK.issuperset(ALLOWED_HOSTS)
"""Reached under a name of its own: then through TLS only, which a proxy before the server ends. Loopback has none."""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_ENGINE = "sanchong.office.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if IN_EARNEST else "sanchong-session"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_EARNEST
CSRF_COOKIE_NAME = "__Host-csrf" if IN_EARNEST else "sanchong-csrf"
CSRF_COOKIE_HTTPONLY = True
DISPLAY_COOKIE_NAME: Final = "__Host-display" if IN_EARNEST else "sanchong-display"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "sanchong.office.web.views.errors.csrf"
SECURE_SSL_REDIRECT = IN_EARNEST
# A program that calls without TLS is refused (api/door.py), not led on: nobody would notice that its token went in the clear.
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IN_EARNEST else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IN_EARNEST else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_EARNEST
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
# The bill has one style sheet, on the office's pages as on those that stand alone.
STATICFILES_DIRS = [("bill", FOLDER.parent / "bill" / "static")]
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}

# What is written where: docs/security.md. Refused requests stand in the trail, which tells who; the log would quote addresses.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "sanchong.office.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "CRITICAL"},
    },
}

LOCALE_PATHS = [FOLDER / "web" / "locale"]
FORMAT_MODULE_PATH = "sanchong.office.web.formats"
UNFOLD = {
    "SITE_TITLE": "三重",
    "SITE_HEADER": "三重 · 基础数据",
    "SITE_URL": "/",
    "THEME": "light",
    "ENVIRONMENT": "sanchong.office.web.context.environment",
    "SHOW_HISTORY": False,
    "SHOW_LANGUAGES": False,
    "COLORS": {
        "primary": {
            "50": "239 246 255", "100": "219 234 254", "200": "191 219 254", "300": "147 197 253",
            "400": "96 165 250", "500": "59 130 246", "600": "37 99 235", "700": "29 78 216",
            "800": "30 64 175", "900": "30 58 138", "950": "23 37 84",
        },
    },
}  # fmt: skip
