"""The settings of the office, each from the environment, with a default that is safe on one machine.

Surprise: the first import reads the key of the sessions from the home; `openjustice office setup` makes it.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from openjustice.ground import design
from openjustice.office.desk import databases, keys

HOME = Path(os.environ.get("OPENJUSTICE_HOME", "home")).resolve()
REGISTRY = [Path(item) for item in os.environ.get("OPENJUSTICE_REGISTRY", "").split(os.pathsep) if item]
ADDRESS = os.environ.get("OPENJUSTICE_OFFICE_URL", "http://127.0.0.1:8001").rstrip("/")
IS_HTTPS = ADDRESS.startswith("https://")
IS_DEMO = os.environ.get("OPENJUSTICE_OFFICE_DEMO", "") == "1"

SECRET_KEY = os.environ.get("OPENJUSTICE_OFFICE_SECRET") or keys.read_secret(HOME)
CLOCK = "openjustice.office.desk.moments.read_clock"
DEBUG = False
ROOT_URLCONF = "openjustice.office.urls"
WSGI_APPLICATION = "openjustice.office.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Where it answers -----------------------------------------------------------------------------------------------
ALLOWED_HOSTS = [urlsplit(ADDRESS).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
if os.environ.get("OPENJUSTICE_OFFICE_PROXY") == "1":  # a proxy in front ends TLS and sets this header itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the square code of an authenticator app is a data address
        "connect-src": [SELF],
        "font-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Cookies and sessions: thirty idle minutes, twelve hours at most ------------------------------------------------
SESSION_COOKIE_NAME = "__Host-office" if IS_HTTPS else "office"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-office-form" if IS_HTTPS else "office-form"
SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
OFFICE_SESSION_HOURS = 12
OFFICE_SESSION_TOUCH_SECONDS = 60

# --- What it is made of ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "openjustice.office.desk",
    "openjustice.office.audit",
    "openjustice.office.accounts",
    "openjustice.office.submissions",
    "openjustice.office.applications",
    "openjustice.office.licenses",
    "openjustice.office.review",
    "openjustice.office.delivery",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "openjustice.office.desk.middleware.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openjustice.office.desk.middleware.Moment",
    "openjustice.office.accounts.middleware.SessionsThatEnd",
    "openjustice.office.accounts.middleware.SecondFactor",
    "openjustice.office.desk.middleware.RefusalsAsPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # the desk stands first, so that its frames replace those of allauth
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openjustice.office.desk.frame.frame",
            ],
        },
    }
]
DATABASES = {"default": databases.read_address(os.environ.get("OPENJUSTICE_OFFICE_DATABASE", ""), home=HOME)}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "office_cache"}
}  # rate limits hold over all processes
STATIC_URL = "static/"
STATICFILES_DIRS = [("design", str(design.FOLDER))]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_TEMP_DIR = str(HOME / "office" / "incoming") if (HOME / "office" / "incoming").is_dir() else None

# --- Words ----------------------------------------------------------------------------------------------------------
USE_I18N = USE_TZ = True
TIME_ZONE = os.environ.get("OPENJUSTICE_TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LANGUAGE_COOKIE_NAME = "office-language"

# --- Mail -----------------------------------------------------------------------------------------------------------
_mail = urlsplit(os.environ.get("OPENJUSTICE_MAIL", ""))
if _mail.scheme in ("smtp", "smtps"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_USE_SSL = _mail.hostname, _mail.port or 465, _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and _mail.hostname not in ("127.0.0.1", "localhost")
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
else:  # no mail server: letters wait as files in the home
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(HOME / "office" / "mail")
DEFAULT_FROM_EMAIL = os.environ.get("OPENJUSTICE_MAIL_FROM", f"office@{urlsplit(ADDRESS).hostname}")

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "openjustice.office.accounts.adapter.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")  # a code by mail would not say more than an open mailbox
ACCOUNT_SESSION_REMEMBER = True  # "remember me" is not asked: every session has the same end
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "openjustice"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
OFFICE_SECOND_FACTOR_ROLES: tuple[str, ...] = (
    () if IS_DEMO else ("steward", "checker", "reviewer", "decider", "administrator")
)  # they see confidential drafts or decide over people: a password alone is not enough
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ADAPTER = "openjustice.office.accounts.adapter.InvitedOnlyProviders"
SOCIALACCOUNT_PROVIDERS = keys.read_providers(HOME)
USERSESSIONS_TRACK_ACTIVITY = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "formatters": {
        "plain": {"()": "openjustice.office.desk.logs.SafeFormatter", "format": "%(levelname)s %(name)s %(message)s"}
    },
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
