"""A list as a file: the same rows, for a spreadsheet."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from regions.sheets import XLSX, write_csv, write_xlsx

FORMATS = ("xlsx", "csv")


def wanted_format(request: HttpRequest) -> str:
    """What the address asks for; none is the page."""
    suffix = request.GET.get("format", "")
    return suffix if suffix in FORMATS else ""


def as_file(
    suffix: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Named for the list and the day on which it was taken."""
    if suffix == "xlsx":
        data, kind = write_xlsx(title, header, rows), XLSX
    else:
        data, kind = write_csv(header, rows), "text/csv"
    name = f"{title} {timezone.now():%Y-%m-%d}.{suffix}"
    disposition = content_disposition_header(True, name)  # noqa: FBT003 - as attachment
    headers = {"Content-Disposition": disposition or ""}
    return HttpResponse(data, content_type=kind, headers=headers)
