"""Migrations follow each other in one line per app, say all that the models say, and their keys point downwards."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("milepost."))


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """The migrations on disk, without a database."""
    return MigrationLoader(None)


@pytest.mark.parametrize("app", OURS)
def test_migrations_of_an_app_are_one_line(app: str, loader: MigrationLoader) -> None:
    names = sorted(name for label, name in loader.disk_migrations if label == app)
    parents = [
        [parent for label, parent in loader.disk_migrations[app, name].dependencies if label == app] for name in names
    ]
    assert parents == [[], *([name] for name in names[:-1])][: len(names)]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


@pytest.mark.parametrize("app", OURS)
def test_an_app_with_tables_has_migrations_and_no_other_has(app: str, loader: MigrationLoader) -> None:
    has_tables = any(apps.get_app_config(app).get_models())
    assert has_tables == any(label == app for label, _name in loader.disk_migrations)


@pytest.mark.django_db
def test_the_models_say_nothing_that_no_migration_says() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_everything_is_applied_and_nothing_waits() -> None:
    loader = MigrationLoader(connection)
    assert set(loader.disk_migrations) - set(loader.applied_migrations) == set()


def test_every_migration_lies_in_its_app() -> None:
    package = Path(__file__).resolve().parents[2] / "src/milepost"
    folders = {file.parent.parent.name for file in package.rglob("migrations/0*.py")}
    assert folders <= set(OURS)
