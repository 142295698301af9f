"""Django's settings. What differs from machine to machine comes from environment.py."""

from __future__ import annotations

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
    "trail", "accounts", "lawbook", "people", "providers", "catalogue", "imports", "claims",
)  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    *(f"sanchong.office.{name}" for name in OFFICE_APPS),
]
AUTH_USER_MODEL = "accounts.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

MIDDLEWARE = [
    "sanchong.office.api.door.Door",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            ]
        },
    }
]

# A JSON body; a form's file is bounded by the door of the interface and by imports.sheet.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
APPEND_SLASH = False

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
