"""People, for headquarters: the list, one person, inviting, and what is kept of somebody."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import can_manage_people, can_see_people
from regions.calendar import today
from regions.enums import Role
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Region, User
from regions.services.people import change_settings
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.access import can_read_appraisal
from rollout.forms.people import (
    GiveRoleForm,
    InviteForm,
    PeopleFilter,
    PersonForm,
    PlanAbsenceForm,
)
from rollout.queries.people import (
    away_now,
    people,
    person_page,
    rights_table,
    roles_in_words,
)
from rollout.services.people import CannotInvite, FirstRole, invite, invite_again

from .notes import both_texts, confirm, refuse, warn

PAGE = 50


@require_safe
def person_list(request: Request) -> HttpResponse:
    """The filters stand in the address; below the list, what each role may do."""
    user = request.user
    can_see_people(user).insist()
    form = PeopleFilter(Region.objects.visible_to(user), request.GET)
    rows = people(user, form.wanted, user.moment)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [
            (row, roles_in_words(row), away_now(row, user.moment))
            for row in page.object_list
        ],
        "form": form,
        "may_manage": bool(can_manage_people(user)),
        "roles": [str(role.label) for role in Role],
        "rights": rights_table(),
    }
    return render(request, "rollout/person_list.html", context)


@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    return show_person(request, person_of(request, pk))


def person_of(request: Request, pk: int) -> User:
    """Whom the reader may see; all others are 404, and the page as such may be 403."""
    can_see_people(request.user).insist()
    row: User = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    return row


def managed(request: Request, pk: int) -> User:
    """The same for acts."""
    row = person_of(request, pk)
    can_manage_people(request.user).insist()
    return row


def show_person(
    request: Request, row: User, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page, with a form that was refused or with fresh ones."""
    user = request.user
    fresh = {
        "role_form": GiveRoleForm(Region.objects.visible_to(user), user.moment),
        "absence_form": PlanAbsenceForm(
            User.objects.visible_to(user), row, at=user.moment
        ),
    }
    context = {
        "page": person_page(row, user, user.moment),
        "may_manage": bool(can_manage_people(user)),
        "may_appraise": bool(can_read_appraisal(user, row)),
        "today": user.moment.date(),
        **fresh,
        **forms,
    }
    return render(request, "rollout/person_page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: Request) -> HttpResponse:
    """A new person: kept, given a role and written to in one act."""
    user = request.user
    can_manage_people(user).insist()
    regions = Region.objects.visible_to(user)
    if request.method != "POST":
        form = InviteForm(regions, user)
        return render(request, "rollout/person_invite.html", {"form": form})
    form = InviteForm(regions, user, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        act, sent = web_act(user), Sent.of(data["key"], request.POST.lists())

        def make() -> User:
            return invite(
                email=data["email"],
                name=data["name"],
                first=FirstRole(Role(data["role"]), data["region"], data["from_date"]),
                details=form.details,
                act=act,
            )

        try:
            row, _is_new = make_once(sent, make, act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotInvite as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("An invitation to %(to)s is on its way.") % {"to": row})
            return redirect("rollout:person", row.pk)
    return render(request, "rollout/person_invite.html", {"form": form}, status=422)


@require_POST
def person_invite_again(request: Request, pk: int) -> HttpResponse:
    row = managed(request, pk)
    try:
        version = seen_version(request.POST, CannotInvite)
        invite_again(row, version=version, act=web_act(request.user))
    except (CannotInvite, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("An invitation to %(to)s is on its way.") % {"to": row})
    return redirect("rollout:person", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: Request, pk: int) -> HttpResponse:
    row = managed(request, pk)
    day = today(row, request.user.moment)
    if request.method != "POST":
        return _edit_page(request, row, PersonForm(row, day))
    form = PersonForm(row, day, request.POST)
    if not form.is_valid():
        return _edit_page(request, row, form, 422)

    def save(form: PersonForm) -> User:
        changes, version = form.changes, form.cleaned_data["version"]
        return change_settings(row, changes, version=version, act=web_act(request.user))

    try:
        save_merging(form, lambda row, data: PersonForm(row, day, data), save)
    except Clashing as conflict:
        back = reverse("rollout:person", args=[pk])
        return both_texts(request, conflict, back=back)
    confirm(request, _("Saved."))
    return redirect("rollout:person", pk)


def _edit_page(
    request: Request, row: User, form: PersonForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "person": row}
    return render(request, "rollout/person_edit.html", context, status=status)
