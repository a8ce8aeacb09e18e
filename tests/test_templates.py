"""Unknown variables fail in our own templates and stay blank in those of others."""

import pytest
from django.conf import settings
from django.template import Context, Engine, Origin, Template

from tests.templates import UnknownVariableError

pytestmark = pytest.mark.any_store

OWN = settings.BASE_DIR / "templates" / "rollout" / "planted.html"


def rendered(source, path=OWN):
    engine = Engine.get_default()
    template = Template(source, origin=Origin(str(path), "planted.html"), engine=engine)
    return template.render(Context({"known": "word"}))


@pytest.mark.parametrize(
    "source",
    [
        "{{ unknown }}",
        "{{ unknown|default:'deed' }}",
        "{{ known.unknown }}",
        "{% with word=unknown %}{{ word }}{% endwith %}",
        "{% load i18n %}{% blocktranslate %}a {{ unknown }}{% endblocktranslate %}",
    ],
)
def test_unknown_variable_in_our_template_fails(source):
    with pytest.raises(UnknownVariableError, match=r"planted\.html, line 1"):
        rendered(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ known }}", "word"),
        ("{% if unknown %}deed{% endif %}", ""),
        ("{% firstof unknown known %}", "word"),
    ],
)
def test_known_or_asked_for_variable_passes(source, text):
    assert rendered(source) == text


def test_unknown_variable_in_somebody_elses_template_is_blank():
    assert (
        rendered("{{ unknown }}{{ unknown|default:'deed' }}", "/elsewhere/a.html")
        == "deed"
    )
