"""`make screenshots`: five pages on desktop and phone, light and dark, in both languages.

Starts the product on each sample, as the journeys do, and writes `docs/screenshots/`.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.chromium import DESKTOP, PHONE, Visitor, running_chromium
from tests.journeys.samples import CHINESE, ENGLISH, PASSWORD, Sample
from tests.services.product import ROOT, Product, running_product

FOLDER = ROOT / "docs" / "screenshots"
# Who looks at which page.
PAGES = {
    "today": ("cio", "/today/"),
    "call": ("cio", "/regions/{region}/call/"),
    "region": ("hq", "/regions/{region}/"),
    "tasks": ("staff", "/tasks/"),
    "playbook": ("hq", "/playbook/"),
}
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def take_all() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as playwright,
        running_chromium(playwright) as browser,
        tempfile.TemporaryDirectory() as place,
    ):
        for sample in (ENGLISH, CHINESE):
            with running_product(Path(place) / sample.name, sample.name) as product:
                take(browser, product, sample)


def take(browser: Browser, product: Product, sample: Sample) -> None:
    """All pictures of one sample."""
    language = sample.html_lang.partition("-")[0]
    for who in sorted({who for who, _path in PAGES.values()}):
        for size, viewport in SIZES.items():
            visitor = Visitor(browser, product.url, viewport=viewport)
            visitor.sign_in(sample.email(who), PASSWORD)
            for name, path in mine(who, sample):
                page = visitor.open(path)
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    file = FOLDER / f"{name}-{size}-{theme}-{language}.png"
                    page.screenshot(path=file)
                    print(file.relative_to(ROOT))  # noqa: T201 - a command of the Makefile
            visitor.leave()


def mine(who: str, sample: Sample) -> list[tuple[str, str]]:
    return [
        (name, path.format(region=sample.region))
        for name, (reader, path) in PAGES.items()
        if reader == who
    ]


if __name__ == "__main__":
    take_all()
