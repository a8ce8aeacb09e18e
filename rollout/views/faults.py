"""The page for a request that nobody can read: too large, cut short, in no known letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the reader's language; without a look at the form, which would fail once more."""
    if not hasattr(request, "user"):  # refused before anybody asked who it is
        return defaults.bad_request(request, exception)
    return render(request, "bad_request.html", status=400)
