"""How an act is confirmed on the next page, and how a refusal reaches its form."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from regions.merging import Clashing


def confirm(
    request: HttpRequest, text: str, *, link: tuple[str, str] | None = None
) -> None:
    """One sentence on the next page that is shown, with a link (address, words) if given."""
    if link is None:
        messages.success(request, text)
    else:
        messages.success(request, format_html('{} <a href="{}">{}</a>', text, *link))


def warn(request: HttpRequest, text: str) -> None:
    """Why something was not done."""
    messages.error(request, text)


def both_texts(request: HttpRequest, conflict: Clashing, *, back: str) -> HttpResponse:
    """The page on which somebody chooses between his text and that of somebody else."""
    context = {
        "conflict": conflict,
        "back": back,
        "then": request.POST.get("then", ""),
    }
    return render(request, "conflict.html", context, status=409)


def refuse(form: forms.Form, refusal: Exception) -> None:
    """A service's refusal stands in the form like any other fault; what was typed stays."""
    form.add_error(None, str(refusal))
