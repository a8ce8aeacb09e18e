"""Who calls a CEO: three answers instead of yes and no. The history is told in them too."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CALLERS = {"True": "cio", "False": "usual"}
# Yes and no cannot say "always the liaison": it becomes the usual caller.
ANSWERS = {"cio": "True", "usual": "False", "liaison": "False"}


def from_cio_calls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rhythms = apps.get_model("regions", "Rhythm").objects
    rhythms.filter(cio_calls=True).update(caller="cio")
    retell(apps, "cio_calls", "caller", CALLERS)


def to_cio_calls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rhythms = apps.get_model("regions", "Rhythm").objects
    rhythms.filter(caller="cio").update(cio_calls=True)
    retell(apps, "caller", "cio_calls", ANSWERS)


def retell(apps: Apps, old: str, new: str, words: dict[str, str]) -> None:
    """Entries of the history speak of the new field, so that they can be read and undone."""
    entries = apps.get_model("regions", "HistoryEntry").objects.filter(
        model="regions.rhythm", field=old
    )
    for before, after in words.items():
        for end in ("before", "after"):
            entries.filter(**{end: before}).update(**{end: after})
    entries.update(field=new)


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0003_calendars_and_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="rhythm",
            name="caller",
            field=models.CharField(
                choices=[
                    ("usual", "the liaison, the CIO for the first talk"),
                    ("cio", "always the CIO"),
                    ("liaison", "always the liaison"),
                ],
                default="usual",
                help_text="Where a region has no liaison, the CIO calls.",
                max_length=10,
                verbose_name="who calls",
            ),
        ),
        migrations.RunPython(from_cio_calls, to_cio_calls),
        migrations.RemoveField(model_name="rhythm", name="cio_calls"),
        migrations.AddConstraint(
            model_name="rhythm",
            constraint=models.CheckConstraint(
                condition=models.Q(("caller__in", ["usual", "cio", "liaison"])),
                name="rhythm_caller_known",
            ),
        ),
    ]
