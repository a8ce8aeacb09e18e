"""What counts as alike, in both scripts; and that both stores find it."""

import pytest

from pilots.queries import similar_findings
from pilots.similarity import likeness
from tests.factories import make_finding

LATE = "Labels were printed too late"
TITLES = [
    LATE,
    "The plan had no float",
    "物料编码重复导致开票错误",
    "SAP 权限角色太乱",
]


@pytest.mark.any_store
@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (LATE, LATE, True),
        (LATE, "labels printed TOO late", True),
        (LATE, "\uff2c\uff41bels printed too late", True),
        (LATE, "Latecomers to the training", False),
        ("物料编码重复导致开票错误", "物料编码重复，开票出错", True),
        ("物料编码重复导致开票错误", "培训太早，学了就忘", False),
        ("", "", False),
        ("…", "—", False),
        ("早", "早", True),
    ],
)
def test_titles_are_alike_by_the_pieces_that_they_share(one, other, is_alike):
    assert (likeness(one, other) >= 0.3) is is_alike
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("labels printed late", [LATE]),
        ("物料编码重复", ["物料编码重复导致开票错误"]),
        ("SAP权限角色混乱", ["SAP 权限角色太乱"]),
        ("Nothing of the kind", []),
        ("  ", []),
    ],
)
def test_similar_ones_are_found_on_both_stores(typed, found, programme, hq):
    for title in TITLES:
        make_finding(programme, title)

    assert [one.title for one in similar_findings(programme, hq, typed)] == found


def test_nobody_is_shown_similar_ones_that_he_may_not_read(
    programme, hq, staff_north, liaison_north
):
    finding = make_finding(programme, LATE)

    assert similar_findings(programme, liaison_north, LATE) == [finding]
    assert similar_findings(programme, staff_north, LATE) == []
    assert similar_findings(programme, hq, LATE, leave_out=finding.pk) == []
