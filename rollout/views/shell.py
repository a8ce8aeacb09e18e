"""What surrounds every page: the menu of one's roles, the programme, the theme."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regions.access import (
    can_search_history,
    can_see_people,
    can_see_stances,
    can_see_today,
)
from regions.enums import Role
from regions.middleware import Request, asked
from regions.models import Programme, Region, User
from regions.signin import takes_passkeys
from rollout.access import can_see_health

from .health import Trouble, trouble

THEMES = ("system", "light", "dark")
# Pages that stand below a menu item, though their addresses do not.
BELOW = {
    "playbook": ("/findings/", "/pilots/", "/criteria/"),
    "regions": ("/waves/", "/contacts/", "/clarifications/", "/requests/"),
    "people": ("/roles/", "/absences/"),
    "today": ("/check-ins/", "/asks/", "/stances/", "/briefs/"),
}


@dataclass(frozen=True)
class MenuItem:
    """A word of the menu. `icon` names a sign in `templates/_icon.html`."""

    label: str
    url: str
    icon: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for `base.html`."""
    theme = request.COOKIES.get("theme", "system")
    user = request.user
    person = user if isinstance(user, User) and user.as_of is not None else None
    return {
        "theme": theme if theme in THEMES else "system",
        # Asked for by whole pages only, so that a swapped row costs nothing.
        "menu": SimpleLazyObject(lambda: menu(person, request.path) if person else []),
        "talk_pages": SimpleLazyObject(
            lambda: talk_pages(person, request.path) if person else []
        ),
        "initials": initials(person) if person else "",
        "provider_name": settings.OIDC_NAME if settings.OIDC else "",
        "may_administer": bool(person and person.is_staff),
        "may_search_history": SimpleLazyObject(
            lambda: person and can_search_history(person)
        ),
        # Asked for where one signs in: a host that is refused cannot be asked for.
        "takes_passkeys": SimpleLazyObject(lambda: takes_passkeys(request)),
        "trouble": SimpleLazyObject(lambda: _trouble(person)),
    }


def _trouble(person: User | None) -> Trouble | None:
    if person is None or not can_see_health(person):
        return None
    return trouble(person.moment)


def menu(user: User, path: str) -> list[MenuItem]:
    """At most six items; regional people get two and what is common to all."""
    entries = []
    if can_see_today(user):
        entries.append((_("Today"), "rollout:today", "today"))
    elif user.standing.manager_of:
        entries.append((_("Board"), "rollout:board", "board"))
    if user.standing.roles == {Role.AUDITOR}:
        # Nobody gives tasks to who only looks on; this is what he looks at.
        entries.append((pgettext("menu", "History"), "rollout:history", "history"))
    else:
        entries.append((_("My tasks"), "rollout:my-tasks", "tasks"))
    label = _("Regions") if can_see_today(user) else _("Region")
    entries.append((label, "rollout:region-list", "regions"))
    entries.append((_("Playbook"), "pilots:playbook", "playbook"))
    entries.append((pgettext("menu", "Mail"), "rollout:mail-list", "mail"))
    if can_see_people(user):
        entries.append((_("People"), "rollout:person-list", "people"))
    items = [(label, reverse(name), icon) for label, name, icon in entries]
    if path.endswith("/board/") and user.standing.manager_of:
        # Of a region, yet a word of its own for who manages one.
        path = reverse("rollout:board")
    return [
        MenuItem(
            label, url, icon, is_current=path.startswith((url, *BELOW.get(icon, ())))
        )
        for label, url, icon in items
    ]


def talk_pages(user: User, path: str) -> list[MenuItem]:
    """What keeping in touch with CEOs consists of: a line of links under their titles."""
    if not can_see_today(user):
        return []
    entries = [
        (_("Today"), "rollout:today"),
        (_("Check-ins"), "rollout:check-in-list"),
        (_("Asks"), "rollout:ask-list"),
        (_("Briefs"), "rollout:brief-list"),
    ]
    if can_see_stances(user):
        entries.append((_("Stances"), "rollout:stance-list"))
    items = [(label, reverse(name)) for label, name in entries]
    return [MenuItem(label, url, "", path.startswith(url)) for label, url in items]


def board_region(user: User) -> Region | None:
    """The region whose board somebody lands on: the first that he manages."""
    if not user.standing.manager_of:
        return None
    rows = Region.objects.visible_to(user).filter(pk__in=user.standing.manager_of)
    return rows.order_by("name", "id").first()


def initials(user: User) -> str:
    """Two letters for the round sign of the person, or one Chinese character."""
    words = user.name.replace(",", " ").split()
    if not words:
        return "?"
    if not words[0].isascii():
        return words[0][:1]
    if words[0].isupper():
        return words[0][:3]
    return "".join(word[0] for word in words[:2]).upper()


def current_programme(request: Request) -> Programme | None:
    """The programme in the address, else the first that runs of those one sees."""
    rows = Programme.objects.visible_to(request.user).running_first()
    if code := asked(request, "programme"):
        rows = rows.filter(code=code)
    return rows.first()
