"""`milepost new-connector`: what it writes installs, is a make like ours, keeps the contract, and is clean."""

import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from site import getsitepackages

import polib
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
Run = Callable[..., str]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for a help desk called Acme Desk."""
    folder = tmp_path_factory.mktemp("own")
    call_command("new-connector", "Acme Desk", "--into", str(folder))
    return folder / "milepost-acme-desk"


@pytest.fixture(scope="module")
def run(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program in an environment that has what ours has, and the package, installed with pip."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    (packages,) = folder.glob("lib/*/site-packages")
    (packages / "ours.pth").write_text(f"import site; site.addsitedir({getsitepackages()[0]!r})\n")
    environment = os.environ | {"MILEPOST_DATA": str(folder / "data"), "LANGUAGE": "", "LC_ALL": "C.UTF-8"}

    def ran(*command: str, **more: str) -> str:
        return _run([python, *command], package, environment | more)

    ran("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--editable", ".")
    return ran


def _run(command: Sequence[object], folder: Path, environment: Mapping[str, str]) -> str:
    """What a program says; one that fails fails the test with it."""
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_keeps_the_contract_as_it_was_written(run: Run) -> None:
    assert "passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider").splitlines()[-1]


def test_a_connector_that_breaks_its_promise_is_caught(run: Run, package: Path) -> None:
    mapping = package / "src/milepost_acme_desk/mapping.py"
    whole = mapping.read_text()
    mapping.write_text(whole.replace("Message.NOTE", "Message.REPLY"))
    try:
        with pytest.raises(AssertionError, match="Dawid"):
            run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "a_note_is_none")
    finally:
        mapping.write_text(whole)


def test_it_is_a_make_like_ours(run: Run) -> None:
    assert "acme_desk" in run("-c", "from milepost.cli.main import main; main()", "connect", "--help")
    page = run("-c", PAGE, DJANGO_SETTINGS_MODULE="milepost.testing.settings")
    assert "Acme Desk" in page
    assert "AD" in page
    assert "Server address" in page


def test_its_texts_are_english_until_it_brings_a_translation(run: Run, package: Path) -> None:
    text = "Works with the interface that this connector was generated for"
    assert run("-c", IN_POLISH, text) == f"Adres serwera|{text}\n"
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid=text, msgstr="Działa z wersją 1"))
    folder = package / "src/milepost_acme_desk/locale/pl/LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save_as_mofile(str(folder / "django.mo"))
    assert run("-c", IN_POLISH, text) == "Adres serwera|Działa z wersją 1\n"


def test_it_is_clean_by_our_rules(package: Path) -> None:
    rules = ["--config", ROOT / "pyproject.toml"]
    _run([BIN / "ruff", "check", *rules, "."], package, os.environ)
    _run([BIN / "ruff", "format", "--check", *rules, "."], package, os.environ)


def test_its_types_are_right_by_our_rules(package: Path, tmp_path: Path) -> None:
    paths = os.environ | {"MYPYPATH": f"{package / 'src'}:{package}", "MILEPOST_DATA": str(tmp_path)}
    checked = [package / "src/milepost_acme_desk", package / "tests"]
    _run([BIN / "mypy", "--config-file", ROOT / "pyproject.toml", *checked], ROOT, paths)


@pytest.mark.parametrize("name", ["", "4th desk", "Łatka", "desk; rm", "x" * 25, "../desk", "two  spaces"])
def test_a_name_that_no_package_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot name a connector"):
        call_command("new-connector", name, "--into", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_make_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="“request_tracker” already"):
        call_command("new-connector", "Request Tracker", "--into", str(tmp_path))


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "milepost-acme").mkdir()
    with pytest.raises(CommandError, match="left as it is"):
        call_command("new-connector", "acme", "--into", str(tmp_path))
    assert list((tmp_path / "milepost-acme").iterdir()) == []


# The page on which an administrator connects it, as a fresh installation serves it.
PAGE = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from milepost.base import clock
from milepost.people import actions
from milepost.people.roles import Role
call_command("migrate", verbosity=0)
gosia = actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=clock.now())
client = Client(headers={"host": "localhost"})
client.force_login(gosia)
print(client.get("/setup/sources").content.decode())
print(client.get("/setup/sources/connect/acme_desk").content.decode())
"""
IN_POLISH = """
import sys
import django
django.setup()
from django.utils.translation import gettext, override
with override("pl"):
    print(gettext("Server address"), gettext(sys.argv[1]), sep="|")
"""
