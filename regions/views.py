"""Language and theme, before and after sign-in; files that hang on rows."""

import logging

from csp.constants import NONE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regions.access import can_withdraw_file
from regions.enums import FileKind
from regions.files.pictures import PICTURES
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request, remember, way_back
from regions.models import Attachment
from regions.services.attachments import withdraw_file
from regions.services.people import set_language
from regions.sheets import XLSX

logger = logging.getLogger(__name__)

THEMES = ("system", "light", "dark")
CONTENT_TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: XLSX,
    FileKind.DOCX: XLSX.replace("spreadsheetml.sheet", "wordprocessingml.document"),
    FileKind.CSV: "text/csv",
    FileKind.TXT: "text/plain",
}
# A PDF is shown by a program of the browser that works in no sandbox, and a text may be
# of any encoding: they are saved.
SHOWN = PICTURES
FILE_POLICY = {
    "default-src": [NONE],
    "frame-ancestors": [NONE],
    "sandbox": [True],
}
FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whoever loses the region loses the file with it.
    "Cache-Control": "private, no-store",
}


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show pages in this language; for somebody signed in, mails too."""
    response = _back(request)
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        set_language(request.user, code, act=web_act(request.user))
    remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    response = _back(request)
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        remember(response, "theme", choice)
    return response


@require_safe
def file_page(request: Request, pk: int) -> HttpResponse:
    """The picture, or the first page of a PDF, with who added it and when."""
    row = _file(request, pk)
    context = {"file": row, "is_picture": row.kind in SHOWN}
    return render(request, "regions/file_page.html", context)


@require_safe
@csp(FILE_POLICY)  # type: ignore[arg-type] # django-csp knows Django's own requests only
def file_content(request: Request, pk: int) -> HttpResponse:
    """A picture to be shown; everything else to save."""
    row = _file(request, pk)
    return _served(row.file, row, as_attachment=row.kind not in SHOWN)


@require_safe
@csp(FILE_POLICY)  # type: ignore[arg-type]
def file_download(request: Request, pk: int) -> HttpResponse:
    row = _file(request, pk)
    return _served(row.file, row, as_attachment=True)


@require_safe
@csp(FILE_POLICY)  # type: ignore[arg-type]
def file_preview(request: Request, pk: int) -> HttpResponse:
    """A small picture of a photo, or of the first page of a PDF."""
    row = _file(request, pk)
    if not row.preview:
        raise Http404
    return _served(row.preview, row, as_attachment=False, kind=FileKind.JPEG)


@require_POST
def file_withdraw(request: Request, pk: int) -> HttpResponse:
    """Once is enough: the second of two clicks is told the same as the first."""
    rows = Attachment.objects.visible_to(request.user)
    row = get_object_or_404(rows, pk=pk)
    can_withdraw_file(request.user, row).insist()
    act = web_act(request.user)
    try:
        withdraw_file(row, version=row.version, act=act)
    except EditedMeanwhile as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn: %(name)s") % {"name": row.name})
    return _back(request)


def _file(request: Request, pk: int) -> Attachment:
    rows = Attachment.objects.visible_to(request.user).standing()
    return get_object_or_404(rows.select_related("by"), pk=pk)


def _served(
    stored: FieldFile, row: Attachment, *, as_attachment: bool, kind: str = ""
) -> HttpResponse:
    """The bytes, said to be nothing else than what they are, and kept in no cache."""
    try:
        with stored.open("rb") as opened:
            data = opened.read()
    except FileNotFoundError:
        logger.error("the file of attachment %d is missing on the disk", row.pk)
        raise Http404 from None
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES[FileKind(kind or row.kind)],
        headers={
            **FILE_HEADERS,
            "Content-Disposition": content_disposition_header(as_attachment, row.name)
            or "inline",
        },
    )


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(way_back(request, settings.LOGIN_REDIRECT_URL))
