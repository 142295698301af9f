"""The WSGI application that the server runs."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from sanchong.office.proxies import through

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanchong.office.settings")
application = through(get_wsgi_application(), settings.ENVIRONMENT.proxies)
