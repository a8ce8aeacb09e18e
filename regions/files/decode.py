"""Run as a process of its own: decodes what may be made to harm whoever decodes it.

It reads `given` in a folder and writes `clean` (a picture without anything but its
pixels) and `preview` there. It knows nothing of the product, takes little time and memory,
and may die without harm.
"""

import resource
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from regions.files.limits import (
    DECODING_BYTES,
    DECODING_SECONDS,
    MOST_PIXELS,
    MOST_SIDE,
    PAGE_PREVIEW,
    PICTURE_PREVIEW,
    TOO_LARGE,
)

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def decode_picture(folder: Path, kind: str) -> None:
    """Drawn anew, upright: place, camera, comments and thumbnails of old stay behind."""
    # The size stands in the head of the file; it is judged before a pixel is decoded.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(folder / "given", formats=[FORMATS[kind]]) as given:
        width, height = given.size
        if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
            sys.exit(TOO_LARGE)
        upright = ImageOps.exif_transpose(given)
    is_clear = "A" in upright.getbands() or "transparency" in upright.info
    drawn = upright.convert("RGBA" if is_clear and kind != "jpg" else "RGB")
    drawn.info.clear()
    drawn.save(folder / "clean", FORMATS[kind], quality=90)
    drawn.thumbnail((PICTURE_PREVIEW, PICTURE_PREVIEW))
    save_preview(folder, drawn)


def decode_page(folder: Path) -> None:
    """The first page of a PDF."""
    with pypdfium2.PdfDocument(folder / "given") as document:
        page = document[0]
        scale = PAGE_PREVIEW / max(*page.get_size(), 1)
        save_preview(folder, page.render(scale=scale).to_pil())


def save_preview(folder: Path, drawn: Image.Image) -> None:
    """Small, and on white where it is clear."""
    if drawn.mode == "RGBA":
        ground = Image.new("RGBA", drawn.size, "white")
        drawn = Image.alpha_composite(ground, drawn)
    drawn.convert("RGB").save(folder / "preview", "JPEG", quality=80)


def limit(what: int, most: int) -> None:
    """Lower a limit of this process for good; what is lower already stays."""
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def main() -> None:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    limit(resource.RLIMIT_AS, DECODING_BYTES)
    limit(resource.RLIMIT_CPU, DECODING_SECONDS)
    limit(resource.RLIMIT_CORE, 0)
    if kind == "pdf":
        decode_page(folder)
    else:
        decode_picture(folder, kind)


if __name__ == "__main__":
    main()
