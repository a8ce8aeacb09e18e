"""The site itself: who gets in, and what surrounds its pages."""

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.db.models import Min, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from regions.access import can_use_admin
from regions.models import HistoryEntry

from .pages import HeadquartersOnly
from .private import refuse_private
from .requests import person

RECENT = 10


class Site(admin.AdminSite):
    """For headquarters only, behind the product's own sign-in."""

    site_title = "Rollout"
    site_header = "Rollout"
    index_title = _("Administration")
    empty_value_display = "–"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """Only admins of this product; those of other packages ask for permissions by
        group, which people here do not have."""
        if admin_class is not None and issubclass(admin_class, HeadquartersOnly):
            models = (
                [model_or_iterable]
                if isinstance(model_or_iterable, type)
                else list(model_or_iterable)
            )
            for model in models:
                refuse_private(admin_class, model)
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return (
            user.is_authenticated
            and user.is_active
            and bool(can_use_admin(person(request)))
        )

    def admin_view(
        self,
        view: Callable[..., Any],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's
    ) -> Any:
        """Who is signed in without the role reads why not, instead of a form to sign in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated:
                can_use_admin(person(request)).insist()
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """None of its own: who is not signed in was led to the product's before."""
        can_use_admin(person(request)).insist()
        return redirect("admin:index")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """With what one did oneself of late: of each act in the history its first entry."""
        user = person(request)
        mine = HistoryEntry.objects.visible_to(user).filter(by=user)
        acts = mine.values("act").annotate(first=Min("id")).order_by("-first")
        newest = mine.filter(pk__in=[one["first"] for one in acts[:RECENT]])
        recent = {"changes": newest.order_by("-id")}
        return super().index(request, {**recent, **(extra_context or {})})
