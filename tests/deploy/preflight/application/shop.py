"""A template whose one container is built here, and small applications for it."""

from tests.deploy.preflight.balancing import shop

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
COMMAND = f"          {shop.COMMAND}\n"
ENVIRONMENT = 'Environment: [{Name: PORT, Value: "8000"}]'
GOOD = shop.edited({"Image: shop": f"Image: {IMAGE}"})
OF_IMAGE = shop.edited({COMMAND: "", f"          {ENVIRONMENT}\n": ""}, GOOD)  # which says it all

# Answers by path.
PLAIN = """\
import os, socket, time, urllib.request
ANSWERS = {"/health": "200 OK", "/old": "301 Moved", "/made": "201 Created", "/": "302 Found"}

def application(environ, start_response):
    path = environ["PATH_INFO"]
    print("asked for", path)
    assert environ["HTTP_HOST"] == "10.0.0.10:8080"
    assert environ["HTTP_USER_AGENT"] == "ELB-HealthChecker/2.0"
    if path == "/raises":
        raise ValueError("no luck")
    if path == "/sleeps":
        time.sleep(60)
    if path == "/calls":
        urllib.request.urlopen("http://cache.example.com:6379/")
    if path == "/tolerates":
        try:
            socket.create_connection(("database.example.com", 5432))
        except OSError:
            path = "/health"
    start_response(ANSWERS.get(path, "404 Not Found"), [("Location", "/new")])
    return [b""]
"""
DJANGO = """\
import os
from django.conf import settings

def flag(name):
    return os.environ.get(name) == "yes"

url = os.environ.get("DATABASE_HOST", "")
mongo = "docdb" in url
settings.configure(
    DEBUG=flag("DEBUG"),
    SECRET_KEY=os.environ.get("SECRET_KEY", ""),
    ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "*").split(","),
    ROOT_URLCONF=__name__,
    SECURE_SSL_REDIRECT=flag("REDIRECT"),
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https") if flag("PROXY") else None,
    CSRF_TRUSTED_ORIGINS=[each for each in [os.environ.get("CSRF_TRUSTED_ORIGINS")] if each],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware"],
    DATABASES={"default": {
        "ENGINE": os.environ.get("ENGINE", "django.db.backends.postgresql"),
        "HOST": url, "NAME": "shop",
        "OPTIONS": dict(each.split("=") for each in os.environ.get("OPTIONS", "").split()),
    }},
)
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

def health(request):
    return HttpResponse()

def ready(request):
    from django.db import connection
    connection.cursor().execute("SELECT 1")
    return HttpResponse()

urlpatterns = [path("health", health), path("slash/", health), path("ready", ready)]
application = get_wsgi_application()
"""


def environment(**variables: str) -> str:
    """As YAML, beside a SECRET_KEY that is good."""
    given = {"SECRET_KEY": "k" * 50} | variables
    pairs = [f"{{Name: {name}, Value: {value}}}" for name, value in given.items() if value]
    return f"Environment: [{', '.join(pairs)}]"
