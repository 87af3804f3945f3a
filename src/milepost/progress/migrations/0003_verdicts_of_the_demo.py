"""The demo takes its verdicts with it when it goes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from milepost.progress import only_added


def guard_anew(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    only_added.open_(editor.connection)
    only_added.guard(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0002_verdicts"),
    ]

    operations = [
        migrations.RunPython(guard_anew, migrations.RunPython.noop),
    ]
