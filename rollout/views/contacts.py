"""Logs of talks that are there: corrected and withdrawn."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_change_contact, can_read_notes
from regions.forms.contacts import ContactForm
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Contact
from regions.services.contacts import CannotLogContact
from regions.services.privacy import log_views
from regions.wording import ceo_of
from rollout.queries.history import row_timeline
from rollout.services.talks import correct_talk, withdraw_talk

from .notes import both_texts, confirm, refuse, warn


@require_http_methods(["GET", "HEAD", "POST"])
def contact_correct(request: Request, pk: int) -> HttpResponse:
    """Change what was logged; the rhythm and the ask follow."""
    contact = _contact(request, pk)
    can_change_contact(request.user, contact).insist()
    region = contact.ceo.region
    reads = can_read_notes(request.user, region.pk)

    def form_over(row: Contact, data: Any = None) -> ContactForm:
        return ContactForm.for_contact(row, data, reads_private=reads)

    def correct(form: ContactForm) -> Contact:
        return correct_talk(
            contact,
            form.to_log(contact.held_at, ask=contact.ask),
            version=form.cleaned_data["version"] or 0,
            act=web_act(request.user),
        )

    form = form_over(contact, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_merging(form, form_over, correct)
        except Clashing as conflict:
            _log_reading(request, contact)
            back = reverse("rollout:region", args=[region.code])
            return both_texts(request, conflict, back=back)
        except CannotLogContact as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The log is corrected."))
            return redirect("rollout:region", region.code)
    if not form.is_bound:
        _log_reading(request, contact)
    context = {
        "form": form,
        "contact": contact,
        "who": ceo_of(region),
        "changes": row_timeline(contact, request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "rollout/contact_correct.html", context, status=status)


def _log_reading(request: Request, contact: Contact) -> None:
    """The page shows the note of the talk to whoever may read it."""
    if can_read_notes(request.user, contact.ceo.region_id):
        log_views([contact], by=request.user, at=request.user.moment)


@require_POST
def contact_withdraw(request: Request, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    can_change_contact(request.user, contact).insist()
    try:
        withdraw_talk(
            contact,
            act=web_act(request.user),
            version=seen_version(request.POST, CannotLogContact),
        )
    except (CannotLogContact, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return redirect("rollout:contact-correct", pk)
    else:
        confirm(request, _("The log is withdrawn; the call is back on the list."))
    return redirect("rollout:region", contact.ceo.region.code)


def _contact(request: Request, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related(
        "ceo__region", "check_in", "ask"
    )
    return get_object_or_404(rows, pk=pk)
