"""The two sample programmes as the journeys know them: who is who, and in which words."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import holidays
from django.utils.translation import gettext, ngettext, override, pgettext

HAN = re.compile(r"[\u4e00-\u9fff]")
PASSWORD = "rollout-sample"


@dataclass(frozen=True)
class Sample:
    """A programme in `rollout/samples/`, in the language of its people."""

    name: str
    language: str
    html_lang: str
    # The region that the journeys are about, and one that its staff must not see.
    region: str
    region_name: str
    other_region: str
    people: dict[str, str]

    def email(self, who: str) -> str:
        return self.people.get(who, who)

    @property
    def ceo(self) -> str:
        return self.ceo_of(self.region_name)

    def ceo_of(self, region_name: str) -> str:
        return self.say("CEO of %(region)s", region=region_name)

    def day(self, day: date) -> str:
        """Fri 27 Nov."""
        if self.language == "en":
            return f"{day:%a} {day.day} {day:%b}"
        return f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"

    def say(
        self, text: str, /, plural: str = "", *, context: str = "", **values: Any
    ) -> str:
        """What the interface says in this language; fails when it was not translated.

        With `plural`, `n` among the values chooses the form.
        """
        with override(self.language):
            if plural:
                said = ngettext(text, plural, values["n"])
            elif context:
                said = pgettext(context, text)
            else:
                said = gettext(text)
        if self.language != "en":
            assert HAN.search(said), f"not translated: {text}"
        said = said % values if values else said
        assert "%(" not in said, f"not filled in: {said}"
        return said


def worked_day(day: date, place: Any) -> date:
    """The day itself or the next one that is worked in a place, by the package's word."""
    kept = holidays.country_holidays(place["country"], place["subdivision"] or None)
    return day if kept.is_working_day(day) else kept.get_nth_working_day(day, 1)


def _people(slug: str, liaison: str) -> dict[str, str]:
    whole_group = {who: f"{who}@example.org" for who in ("cio", "hq", "auditor")}
    local = {who: f"{who}-{slug}@example.org" for who in ("manager", "staff")}
    return {**whole_group, **local, "liaison": f"liaison-{liaison}@example.org"}


ENGLISH = Sample(
    name="ctclink",
    language="en",
    html_lang="en",
    region="EDMONDS",
    region_name="Edmonds College",
    other_region="HIGHLINE",
    people=_people("edmonds", "north"),
)
CHINESE = Sample(
    name="china",
    language="zh-hans",
    html_lang="zh-Hans",
    region="FUJIAN",
    region_name="福建公司",
    other_region="GUANGDONG",
    people=_people("fujian", "huadong"),
)
