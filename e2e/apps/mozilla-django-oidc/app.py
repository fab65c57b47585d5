"""A login with mozilla-django-oidc, as its documentation does it."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

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
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid email profile",
    OIDC_OP_AUTHORIZATION_ENDPOINT=os.environ["AUTHORIZE_URL"],
    OIDC_OP_TOKEN_ENDPOINT=os.environ["TOKEN_URL"],
    OIDC_OP_USER_ENDPOINT=os.environ["USERINFO_URL"],
    OIDC_OP_JWKS_ENDPOINT=os.environ["JWKS_URI"],
    LOGIN_REDIRECT_URL="/",
    LOGIN_REDIRECT_URL_FAILURE="/failed",
    LOGOUT_REDIRECT_URL="/",
    LOGGING={"version": 1, "handlers": {"console": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["console"]}},
)
django.setup()

from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import format_html  # noqa: E402


def home(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse("<p>Nobody is logged in</p>")
    form = """<p>{}</p><form method="post" action="/oidc/logout/">
        <input type="hidden" name="csrfmiddlewaretoken" value="{}"><button>Log out</button></form>"""
    return HttpResponse(format_html(form, user.email, get_token(request)))


def failed(request):
    return HttpResponse("This login failed", status=401)


urlpatterns = [path("", home), path("failed", failed), path("oidc/", include("mozilla_django_oidc.urls"))]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("runserver", f"localhost:{os.environ['PORT']}", use_reloader=False, skip_checks=True)
