"""The two values that `wagtail start` leaves to the owner of a production site."""

import secrets

SECRET_KEY = secrets.token_hex()
ALLOWED_HOSTS = ["127.0.0.1"]
