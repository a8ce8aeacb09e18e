"""How a file comes in: what is too large is dropped on the way, the rest is one form."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions.enums import FileKind
from regions.files.limits import MOST_BYTES
from regions.history import Act
from regions.models import Attachment, Programme, Versioned
from regions.services.attachments import CannotTake, Sent, add_file, too_large

PHOTOS = "image/jpeg,image/png,image/webp"
TAKEN = f"{PHOTOS},.jpeg,{','.join(f'.{kind}' for kind in FileKind.values)}"


class QuotaHandler(FileUploadHandler):
    """Drops what is too large, all files of a request together: it fills no disk."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.request.is_too_large = True  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


class AttachForm(forms.Form):
    """A photo taken now, or a file that is there already."""

    photo = forms.FileField(
        label=_("Take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PHOTOS, "capture": "environment"}),
    )
    file = forms.FileField(
        label=_("Choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": TAKEN}),
        help_text=format_lazy(
            _("Photos, PDF, XLSX, DOCX, CSV or text, up to {n} MB."),
            n=MOST_BYTES // 1_000_000,
        ),
    )

    def __init__(self, request: Any = None) -> None:
        if request is None:
            super().__init__(prefix="new")
        else:
            super().__init__(request.POST, request.FILES, prefix="new")
        # Known once the body is read, as the line above does at the latest.
        self.is_too_large = getattr(request, "is_too_large", False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_too_large:
            raise forms.ValidationError(too_large())
        chosen = [name for name in ("photo", "file") if data.get(name)]
        if not self.errors and not chosen:
            self.add_error("file", gettext("Choose a file first."))
        if len(chosen) > 1:
            self.add_error("file", gettext("Add the photo and the file one by one."))
        return data

    def keep_on(
        self, row: Versioned, *, programme: Programme, act: Act
    ) -> Attachment | None:
        """Hang what was sent on a row; none when something is at fault, which the form
        then says."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        chosen: UploadedFile[bytes] = data["photo"] or data["file"]
        sent = Sent(chosen.name or "", chosen.read())
        try:
            return add_file(row, sent, programme=programme, act=act)
        except CannotTake as refusal:
            self.add_error("file", str(refusal))
            return None
