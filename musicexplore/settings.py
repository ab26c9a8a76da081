"""Settings, all from the environment; `.env.example` documents each one."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from musicexplore.environment import Environment
from musicexplore.home import REMEMBERED_FILE, SecretKey

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.load(BASE_DIR / ".env")

MUSICEXPLORE_HOME = (BASE_DIR / Path(env.str("MUSICEXPLORE_HOME", "var")).expanduser()).resolve()
env.load(MUSICEXPLORE_HOME / REMEMBERED_FILE, fill=True)

AUDIO_DIR = env.str("AUDIO_DIR", "")
EXCLUDE = env.list("EXCLUDE", default=[])
PCA_DIMS = env.int("PCA_DIMS", 10)
ANONYMOUS_MODELS = env.bool("ANONYMOUS_MODELS", False)
AUDIO_PROVIDER = env.choice("AUDIO_PROVIDER", "local", ("local", "jamendo"))
JAMENDO_CLIENT_ID = env.str("JAMENDO_CLIENT_ID", "")
JAMENDO_BATCH_SIZE = env.int("JAMENDO_BATCH_SIZE", 200)
JAMENDO_API_URL = env.str("JAMENDO_API_URL", "https://api.jamendo.com/v3.0")
JAMENDO_STREAM_URL = env.str("JAMENDO_STREAM_URL", "https://mp3l.jamendo.com/")
PLAYLIST_ROOT = env.str("PLAYLIST_ROOT", "")
PLAYLIST_WINDOWS_PATHS = env.bool("PLAYLIST_WINDOWS_PATHS", False)
FILE_QUERY_MEGABYTES = env.int("FILE_QUERY_MEGABYTES", 100)
FILE_QUERY_MINUTES = env.int("FILE_QUERY_MINUTES", 15)
FILE_QUERIES_PER_HOUR = env.int("FILE_QUERIES_PER_HOUR", 60)
FILE_QUERIES_TOTAL_MEGABYTES = env.int("FILE_QUERIES_TOTAL_MEGABYTES", 2000)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

SECRET_KEY = env.str("SECRET_KEY", "") or SecretKey(MUSICEXPLORE_HOME)
DEBUG = env.bool("DEBUG", False)
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
# This machine may always ask by its own names: `serve` and health checks do.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]
LOGIN_REQUIRED = env.bool("LOGIN_REQUIRED", False)
WORK_WITHOUT_LOGIN = env.bool("WORK_WITHOUT_LOGIN", False)
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")
IMPOSSIBLE_SETTINGS = env.impossible  # reported by the system checks

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "musicexplore",
    "tracks",
    "embeddings",
    "explorer",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "musicexplore.content_policy.ContentPolicyMiddleware",
    "musicexplore.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "musicexplore.access.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "musicexplore.errors.csrf_failure"
# An address holds choices and a selection. Requests tell the site alone: Django needs no more
# against forged requests, and a server takes only so much in a header.
SECURE_REFERRER_POLICY = "strict-origin"
# Behind a proxy that speaks HTTPS with browsers, and says so in X-Forwarded-Proto.
HTTPS = env.bool("HTTPS", False)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # supervisors ask this machine directly
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
# W021: lists of HSTS sites built into browsers are for the owner of a domain to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
ROOT_URLCONF = "musicexplore.urls"
WSGI_APPLICATION = "musicexplore.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "musicexplore.access.login_required",
                "explorer.anonymity.context",
            ]
        },
    }
]
# The embedded server's socket and role are filled in by its engine when it is first needed.
EMBEDDED_DATABASE = {
    "ENGINE": "musicexplore.database",
    "HOME": MUSICEXPLORE_HOME,
    "NAME": "postgres",
}
DATABASES = {
    "default": env.postgresql("DATABASE_URL", default=EMBEDDED_DATABASE)
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where `collectstatic` has gathered them, they are served from there: compressed, under names with
# a hash of their content, which browsers may keep for ever.
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
COLLECTED = STATIC_ROOT is not None and (Path(STATIC_ROOT) / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["explorer.api.permissions.MayWork"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "explorer.api.pagination.Pages",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # No other parser: see `MayWork`, which relies on it.
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "NUM_PROXIES": max(TRUSTED_PROXIES, 0),
    "DEFAULT_SCHEMA_CLASS": "explorer.api.error_schema.SchemaWithErrors",
    "EXCEPTION_HANDLER": "explorer.api.errors.handle_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Music Explore",
    "DESCRIPTION": "A music collection as neural networks hear it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "explorer.api.schema.with_chapters",
    ],
    "ENUM_NAME_OVERRIDES": {
        "TrackState": "tracks.models.Track.State",
        "ExtractionState": "embeddings.models.Extraction.State",
        "JobState": "embeddings.models.Job.State",
    },
    "SWAGGER_UI_DIST": "SIDECAR",  # nothing is fetched from elsewhere
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
REDIS_URL = env.str("REDIS_URL", "")
Q_CLUSTER: dict[str, Any] = {
    # Libraries that share a Redis server have queues of their own.
    "name": f"musicexplore-{sha256(os.fsencode(MUSICEXPLORE_HOME)).hexdigest()[:12]}",
    "label": "Background work",
    "workers": 2,  # a short job need not wait for a long one, which has processes of its own
    "daemonize_workers": False,  # daemonic processes cannot start any
    "timeout": 3600,
    "retry": 3700,
    "ack_failures": True,  # attempts are counted in the jobs' own rows
    "catch_up": False,
    "poll": 1,
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": LOG_LEVEL}
        for name in ("django", "musicexplore", "tracks", "embeddings", "explorer")
    }
    # Its debugging names whole addresses, and with them the client id of Jamendo's API.
    | {"urllib3": {"level": "WARNING"}}
    # What is refused (a missing file, a malformed parameter) is told to who asked, in the answer.
    | {"django.request": {"level": "DEBUG" if LOG_LEVEL == "DEBUG" else "ERROR"}},
}
