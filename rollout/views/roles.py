"""Roles and absences of a person: given, ended, entered, changed; from his page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_manage_people, can_see_people
from regions.enums import Role
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Absence, Membership, Region, User
from regions.services.absences import (
    CannotBeAway,
    cancel_absence,
    change_absence,
    plan_absence,
)
from regions.services.roles import (
    CannotEndRole,
    CannotGiveRole,
    end_role,
    give_role_on_page,
)
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.forms.people import (
    AbsenceForm,
    EndRoleForm,
    GiveRoleForm,
    PlanAbsenceForm,
)
from rollout.queries.history import row_timeline

from .notes import both_texts, confirm, refuse, warn
from .people import managed, show_person


@require_POST
def role_give(request: Request, pk: int) -> HttpResponse:
    row, user = managed(request, pk), request.user
    form = GiveRoleForm(Region.objects.visible_to(user), user.moment, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        act = web_act(user, data["reason"])

        def give() -> Membership:
            return give_role_on_page(
                row,
                Role(data["role"]),
                region=data["region"],
                from_date=data["from_date"],
                to_date=data["to_date"],
                act=act,
            )

        try:
            make_once(Sent.of(data["key"], request.POST.lists()), give, act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotGiveRole as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The role is given."))
            return redirect("rollout:person", pk)
    return show_person(request, row, 422, role_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def role_end(request: Request, pk: int) -> HttpResponse:
    can_see_people(request.user).insist()
    rows = Membership.objects.visible_to(request.user).select_related("user", "region")
    row = get_object_or_404(rows, pk=pk)
    can_manage_people(request.user).insist()
    day = request.user.moment.date()
    if request.method != "POST":
        return _role_page(request, row, EndRoleForm(row, day))

    def end(form: EndRoleForm) -> Membership:
        data = form.cleaned_data
        act = web_act(request.user, data["reason"])
        return end_role(row, to_date=data["to_date"], version=data["version"], act=act)

    form = EndRoleForm(row, day, request.POST)
    if form.is_valid():
        try:
            save_merging(form, lambda row, data: EndRoleForm(row, day, data), end)
        except Clashing as conflict:
            return both_texts(request, conflict, back=_page_of(row))
        except CannotEndRole as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The end of the role is set."))
            return redirect("rollout:person", row.user_id)
    return _role_page(request, row, form, 422)


def _role_page(
    request: Request, row: Membership, form: EndRoleForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "role": row,
        "changes": row_timeline(row, request.user),
    }
    return render(request, "rollout/role_end.html", context, status=status)


@require_POST
def absence_plan(request: Request, pk: int) -> HttpResponse:
    row, user = managed(request, pk), request.user
    people = User.objects.visible_to(user)
    form = PlanAbsenceForm(people, row, request.POST, at=user.moment)
    if form.is_valid():
        data, act = form.cleaned_data, web_act(user)

        def plan() -> Absence:
            return plan_absence(
                row,
                first=data["from_date"],
                last=data["last_date"],
                deputy=data["deputy"],
                act=act,
            )

        try:
            make_once(Sent.of(data["key"], request.POST.lists()), plan, act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotBeAway as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The absence is entered."))
            return redirect("rollout:person", pk)
    return show_person(request, row, 422, absence_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def absence_change(request: Request, pk: int) -> HttpResponse:
    row, user = _absence(request, pk), request.user
    people = User.objects.visible_to(user)

    def form_over(row: Absence, data: Any = None) -> AbsenceForm:
        return AbsenceForm(people, row.user, data, absence=row, at=user.moment)

    def change(form: AbsenceForm) -> Absence:
        data = form.cleaned_data
        return change_absence(
            row,
            first=data["from_date"],
            last=data["last_date"],
            deputy=data["deputy"],
            version=data["version"] or 0,
            act=web_act(user),
        )

    if request.method != "POST":
        return _absence_page(request, row, form_over(row))
    form = form_over(row, request.POST)
    if form.is_valid():
        try:
            save_merging(form, form_over, change)
        except Clashing as conflict:
            return both_texts(request, conflict, back=_page_of(row))
        except CannotBeAway as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The absence is changed."))
            return redirect("rollout:person", row.user_id)
    return _absence_page(request, row, form, 422)


@require_POST
def absence_cancel(request: Request, pk: int) -> HttpResponse:
    row = _absence(request, pk)
    try:
        version = seen_version(request.POST, CannotBeAway)
        cancel_absence(row, version=version, act=web_act(request.user))
    except (CannotBeAway, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("The absence is cancelled."))
    return redirect("rollout:person", row.user_id)


def _absence(request: Request, pk: int) -> Absence:
    can_see_people(request.user).insist()
    rows = Absence.objects.visible_to(request.user).select_related("user", "deputy")
    row = get_object_or_404(rows, pk=pk)
    can_manage_people(request.user).insist()
    return row


def _page_of(row: Membership | Absence) -> str:
    return reverse("rollout:person", args=[row.user_id])


def _absence_page(
    request: Request, row: Absence, form: AbsenceForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "absence": row,
        "changes": row_timeline(row, request.user),
    }
    return render(request, "rollout/absence_change.html", context, status=status)
