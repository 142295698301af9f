"""The office's settings for the tests: a home of its own, keys of its own, SQLite unless a database is named."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="sanchong-office-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["SANCHONG_HOME"] = str(_home)
os.environ["SANCHONG_KEYS"] = str(_home / "keys.json")
os.environ["SANCHONG_DATABASE"] = os.environ.get(
    "SANCHONG_TEST_DATABASE", f"sqlite:///{_home / 'office.sqlite3'}"
)
os.environ["SANCHONG_SECRET"] = "for-tests-only"

from sanchong.office.crypto import new_keys, write_keys  # noqa: E402
from sanchong.office.settings import *  # noqa: E402, F403
from sanchong.office.settings import DATABASES, INSTALLED_APPS  # noqa: E402

INSTALLED_APPS += ["tests.office.guarded"]
write_keys(new_keys(), _home / "keys.json")
(_home / "static").mkdir()  # as `serve` does, which gathers the static files
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    (_home / "tests").mkdir()  # not beside the keys, or `serve` refuses
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "tests" / "test.sqlite3")}  # a file: threads share it
# Argon2 is slow on purpose: test_sign_in checks that it is used.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
