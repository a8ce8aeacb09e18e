"""The playbook as everybody reads it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pilots.access import can_keep_playbook, can_record_finding
from pilots.queries import drafts_of, finding_counts, pilots_of, procedures_of
from regions.middleware import Request
from regions.models import Programme


@require_safe
def playbook(request: Request) -> HttpResponse:
    programme = Programme.objects.visible_to(request.user).running_first().first()
    context = {
        "programme": programme,
        "procedures": procedures_of(programme) if programme else [],
        "drafts": drafts_of(programme, request.user) if programme else [],
        "may_keep": bool(programme and can_keep_playbook(request.user)),
        "pilots": pilots_of(programme, request.user) if programme else [],
        "counts": finding_counts(programme, request.user) if programme else [],
        "may_record": bool(programme and can_record_finding(request.user)),
    }
    return render(request, "pilots/playbook.html", context)
