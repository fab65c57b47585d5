"""A login with django-allauth's provider for OpenID Connect, as its documentation does it."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def app(provider_id, prefix):
    return {
        "provider_id": provider_id,
        "name": provider_id,
        "client_id": os.environ[prefix + "CLIENT_ID"],
        "secret": os.environ[prefix + "CLIENT_SECRET"],
        "settings": {"server_url": os.environ[prefix + "DISCOVERY_URL"]},
    }


settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["localhost"],
    SECRET_KEY="made up for a test, and known to all",
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path.cwd() / "db.sqlite3",
            # A hundred people at once wait for one another.
            "OPTIONS": {"timeout": 60, "transaction_mode": "IMMEDIATE"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app("first", ""), app("second", "SECOND_")]}},
    LOGIN_REDIRECT_URL="/",
    ACCOUNT_LOGOUT_REDIRECT_URL="/",
    ACCOUNT_EMAIL_VERIFICATION="none",
    LOGGING={"version": 1, "handlers": {"console": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["console"]}},
)
django.setup()

from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import format_html  # noqa: E402


def home(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse("<p>Nobody is logged in</p>")
    return HttpResponse(format_html("<h1>Welcome, {}!</h1><p>{}</p>", user.get_full_name(), user.email))


urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]

if __name__ == "__main__":
    sys.modules["app"] = sys.modules[__name__]
    call_command("migrate", verbosity=0)
    call_command("runserver", f"localhost:{os.environ['PORT']}", use_reloader=False, skip_checks=True)
