"""The office as a WSGI application, for gunicorn or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openjustice.office.settings")

application = get_wsgi_application()
