"""The booklet of the playbook, to print."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from pilots.models import Procedure
from regions.middleware import Request
from regions.models import Programme
from rollout.booklet import to_pdf
from rollout.queries.booklet import booklet_of

from .shell import current_programme


@require_safe
def booklet(request: Request) -> HttpResponse:
    """Of each procedure the version that plans are made from now."""
    programme = current_programme(request)
    rows = Procedure.objects.visible_to(request.user).newest()
    if programme is None or not rows.filter(programme=programme).exists():
        raise Http404
    return _printed(request, programme, rows.filter(programme=programme))


@require_safe
def booklet_procedure(request: Request, pk: int) -> HttpResponse:
    """Of one version of one procedure."""
    rows = Procedure.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("programme"), pk=pk)
    return _printed(request, row.programme, rows.filter(pk=pk))


def _printed(
    request: Request, programme: Programme, rows: QuerySet[Procedure]
) -> HttpResponse:
    made = to_pdf(booklet_of(programme, rows, request.user.moment))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="playbook.pdf"'
    return answer
