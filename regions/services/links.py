"""Making the links in somebody's mails useless, say because a mail was passed on."""

from django.db import transaction

from regions import history
from regions.history import Act
from regions.models import User


@transaction.atomic
def revoke_links(user: User, *, act: Act) -> User:
    """Every link in a mail that was written before this moment works no more."""
    row: User = history.lock(User.objects.all(), user.pk)
    history.change(row, {"links_revoked_at": act.at}, act)
    return row
