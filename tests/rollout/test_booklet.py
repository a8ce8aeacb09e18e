"""The booklet: what it prints, on which page, and for whom a draft."""

import re
import unicodedata

import pypdfium2
import pytest

from pilots.enums import FindingState
from pilots.models import Procedure
from rollout.booklet import Booklet, Entry, Section, to_pdf
from rollout.queries.booklet import booklet_of
from tests.factories import NOW, make_finding, make_procedure, make_step

pytestmark = [pytest.mark.any_store, pytest.mark.usefixtures("frozen")]
HOW = "Ask the owner.\nMark what is wrong.\nSend it back."


def a_booklet(*sections, language="en"):
    return Booklet(
        over="ERP", title="Playbook", under="2 steps.", contents="Contents",
        sections=list(sections), language=language, dated_at=NOW,
    )  # fmt: skip


def an_entry(title, **values):
    texts = {"days": "-30", "unit": "days", "facts": "region", "note": ""}
    return Entry(title=title, **(texts | values))


def pages_of(made):
    """Their texts; the reader takes some characters for the radicals of the same shape."""
    document = pypdfium2.PdfDocument(made)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        return [unicodedata.normalize("NFKC", text) for text in texts]
    finally:
        document.close()


def test_contents_name_the_page_of_every_procedure():
    """In Chinese too; what is longer than a page goes on on the next."""
    long = an_entry("Everything at once", note="word " * 900)
    few = [an_entry(f"Step {n}", how=["做第一步", "做第二步"]) for n in range(12)]
    booklet = a_booklet(
        Section("第一阶段", "第 1 版", few),
        Section("Long", "Version 1", [long, an_entry("The last")]),
        *(Section(f"P{n}", "Version 1", [an_entry("One")]) for n in range(22, 52)),
        language="zh-hans",
    )

    made = to_pdf(booklet)
    pages = pages_of(made)

    assert to_pdf(booklet) == made
    contents = "\n".join(pages[:2])
    for section in booklet.sections:
        listed = re.search(rf"^{section.title} ?(\d+)\r?$", contents, re.M)
        number = int(listed[1])
        assert section.title in pages[number - 1]
        assert all(section.title not in page for page in pages[2 : number - 1])
    assert "做第二步" in pages[2]
    assert "The last" in "".join(pages)
    assert [f"{n} / {len(pages)}" in page for n, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)


@pytest.mark.parametrize("count", [1, 3])
def test_booklet_prints_the_newest_versions_with_what_was_learnt(
    count, programme, as_user, staff_north, assert_queries
):
    """A finding that was adopted into the first version stands in the second one too."""
    for number in range(count):
        name = f"Procedure {number}"
        old = make_step(make_procedure(programme, name), "Old name")
        make_finding(
            programme, f"F{number}", recommendation="Ask first.", step=old,
            state=FindingState.ADOPTED,
        )  # fmt: skip
        make_finding(programme, f"Only proposed {number}", step=old)
        new = make_procedure(programme, name, number=2)
        told = {"how_to": HOW, "effort_hours": "6.50", "needs_confirmation": True}
        make_step(new, "New name", key=old.key, **told)
    draft = make_procedure(programme, "Procedure 0", number=3, published_at=None)
    make_step(draft, "Not yet")
    client = as_user(staff_north)

    with assert_queries(3):
        made = booklet_of(programme, Procedure.objects.newest(), NOW)
    text = "".join(pages_of(client.get("/playbook/booklet/").content))
    alone = client.get(f"/playbook/booklet/{old.procedure_id}/")

    assert [section.title for section in made.sections] == [
        f"Procedure {number}" for number in range(count)
    ]
    [entry] = made.sections[0].entries
    assert entry.how == ["Ask the owner.", "Mark what is wrong.", "Send it back."]
    assert entry.facts == "region · work · 6.5 hours · needs confirmation"
    assert entry.taught == ["Problem: F0. Do differently: Ask first."]
    assert "New name" in text
    assert "Old name" not in text
    assert "Not yet" not in text
    assert alone["Content-Type"] == "application/pdf"
    assert "Old name" in "".join(pages_of(alone.content))


def test_draft_is_printed_for_those_who_write_it(programme, as_user, staff_north, hq):
    draft = make_procedure(programme, published_at=None)
    make_step(draft, "Not yet")
    address = f"/playbook/booklet/{draft.pk}/"

    printed = as_user(hq).get(address)

    assert "Version 1, a draft." in "".join(pages_of(printed.content))
    assert as_user(staff_north).get(address).status_code == 404
    assert as_user(hq).get("/playbook/booklet/").status_code == 404
