from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0005_absences_and_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="links_revoked_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                null=True,
                verbose_name="links in mails revoked",
            ),
        ),
    ]
