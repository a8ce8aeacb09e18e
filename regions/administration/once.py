"""A form of the admin that comes twice saves once: double clicks, reloads, retries."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from regions.models import Sending
from regions.services.sendings import Sent, claim, settle

from .requests import admin_act

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = object

FORM_KEY = "form_key"


def is_save(request: HttpRequest) -> bool:
    """The admin saves on POST only, and then in a transaction."""
    return request.method == "POST"


def key_of(request: HttpRequest) -> str:
    """What the form carries; shown again, it keeps its key."""
    return request.POST.get(FORM_KEY) or str(uuid.uuid4())


def sent_of(request: HttpRequest) -> Sent | None:
    """A form with its content; changed and sent again, it is another one."""
    if not is_save(request) or FORM_KEY not in request.POST:
        return None
    sent = Sent.of(uuid.UUID(int=0), request.POST.lists())
    return replace(sent, key=uuid.uuid5(uuid.NAMESPACE_OID, sent.digest))


class SentOnce(AnyAdmin):
    """Whoever saves a row tells it as `request.saved`."""

    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: Any, extra_context: Any
    ) -> Any:
        """Inside Django's transaction. A form that comes twice leads to what it saved."""
        view = super()._changeform_view  # type: ignore[misc]
        sent = sent_of(request)
        if sent is None:
            return view(request, object_id, form_url, extra_context)
        sending, is_new = claim(sent, admin_act(request))
        if not is_new:
            self.message_user(request, _("This was saved already; here it is."))
            return redirect(self._page_of(sending))
        response = view(request, object_id, form_url, extra_context)
        if (saved := getattr(request, "saved", None)) is None:
            sending.delete()
        else:
            settle(sending, saved)
        return response

    def _page_of(self, sending: Sending) -> str:
        name = f"admin:{sending.model.replace('.', '_')}_change"
        return reverse(name, args=[sending.object_id])
