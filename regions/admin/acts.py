"""What headquarters does to ticked people."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regions.access import can_use_admin
from regions.administration import RowsAct, Told
from regions.history import EditedMeanwhile
from regions.models import User
from regions.services.links import revoke_links


def _tell_revoke(rows: QuerySet[User], at: datetime) -> Iterator[Told]:
    for user in rows:
        yield Told(user, _("No link in the mails so far works any more."))


def _revoked(count: int) -> str:
    said = ngettext(
        "The links of %(n)d person work no more.",
        "The links of %(n)d people work no more.",
        count,
    )
    return said % {"n": count}


REVOKE_LINKS = RowsAct(
    name="revoke_links",
    label=gettext_lazy("Make the links in their mails useless"),
    about=gettext_lazy(
        "They act for a person without a sign-in. Mails to come have links that work."
    ),
    may=can_use_admin,
    tell=_tell_revoke,
    do=lambda user, act: revoke_links(user, act=act),
    done=_revoked,
    refusals=(EditedMeanwhile,),
)
