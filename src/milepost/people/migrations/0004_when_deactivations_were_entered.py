from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F


def fill(apps: StateApps, _schema: object) -> None:
    """Nobody kept when they were entered: they count as entered when they were."""
    rows = apps.get_model("people", "Deactivation").objects
    rows.update(since_entered_at=F("since"), until_entered_at=F("until"))


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_absences"),
    ]

    operations = [
        migrations.AddField(
            model_name="deactivation",
            name="since_entered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deactivation",
            name="until_entered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="deactivation",
            name="since_entered_at",
            field=models.DateTimeField(),
        ),
    ]
