"""The appraisal sheet of one person: a page, and the same as a workbook."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regions.access import can_see_people
from regions.calendar import today
from regions.middleware import Request
from regions.models import User
from rollout.access import can_read_appraisal
from rollout.forms.clarifications import PeriodForm
from rollout.queries.appraisal import (
    Period,
    appraisal_sheet,
    export_header,
    export_rows,
    quarter_of,
)

from .files import as_file, wanted_format


@require_safe
def appraisal(request: Request, pk: int) -> HttpResponse:
    """The days stand in the address; without them it is this quarter."""
    user = request.user
    person: User = get_object_or_404(User.objects.visible_to(user), pk=pk)
    can_read_appraisal(user, person).insist()
    form = _period_form(request, person)
    days = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    period = Period(days["from"], days["to"], person.zone)
    sheet = appraisal_sheet(person, period, user, user.moment)
    suffix = wanted_format(request)
    if suffix and not form.errors:
        title = _("Appraisal sheet of %(name)s") % {"name": person.name}
        title += f" {period.first} – {period.last}"
        return as_file(suffix, title, export_header(), export_rows(sheet))
    context = {
        "sheet": sheet,
        "form": form,
        "filters": request.GET.urlencode(),
        "is_own": user == person,
        "sees_person": bool(can_see_people(user)),
        "sees_all": user == person or user.standing.sees_all,
    }
    return render(request, "rollout/appraisal.html", context)


def _period_form(request: Request, person: User) -> PeriodForm:
    first, last = quarter_of(today(person, request.user.moment))
    asked = request.GET if {"from", "to"} & set(request.GET) else None
    return PeriodForm(first, last, asked)
