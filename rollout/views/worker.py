"""The service worker, which shows My tasks without a signal: docs/decisions/0019."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SCRIPT = settings.BASE_DIR / "static" / "js" / "worker.js"


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """From the root, as it may only serve pages below its own address."""
    return HttpResponse(SCRIPT.read_bytes(), content_type="text/javascript")
