"""A login with Python Social Auth for Django and its backend for OpenID Connect, as its documentation does it."""

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
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "social_django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "social_django.middleware.SocialAuthExceptionMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth"],
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=os.environ["ISSUER"],
    SOCIAL_AUTH_OIDC_KEY=os.environ["CLIENT_ID"],
    SOCIAL_AUTH_OIDC_SECRET=os.environ["CLIENT_SECRET"],
    SOCIAL_AUTH_LOGIN_ERROR_URL="/failed",
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
    LOGGING={"version": 1, "handlers": {"console": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["console"]}},
)
django.setup()

from django.contrib.auth.views import LogoutView  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import format_html  # noqa: E402


def home(request):
    user = request.user
    form = '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}"><button>{}</button></form>'
    token = get_token(request)
    if not user.is_authenticated:
        return HttpResponse(format_html("<p>Nobody is logged in</p>" + form, "/login/oidc/", token, "Log in"))
    page = "<h1>Welcome, {}!</h1><p>{}</p>" + form
    return HttpResponse(format_html(page, user.get_full_name(), user.email, "/logout", token, "Log out"))


def failed(request):
    return HttpResponse("This login failed", status=401)


urlpatterns = [
    path("", home),
    path("failed", failed),
    path("logout", LogoutView.as_view()),
    path("", include("social_django.urls", namespace="social")),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("runserver", f"localhost:{os.environ['PORT']}", use_reloader=False, skip_checks=True)
