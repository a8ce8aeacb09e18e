"""The top app: arrange first, and everything that joins the apps."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class RolloutConfig(AppConfig):
    name = "rollout"
    verbose_name = _("Arrange first")


class RolloutAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site; named in the settings, never found by itself."""

    default = False
    default_site = "regions.administration.Site"
