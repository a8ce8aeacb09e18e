from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rollout", "0003_handovers_and_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="key_mark",
            field=models.CharField(
                blank=True, max_length=12, verbose_name="key of its links"
            ),
        ),
    ]
