"""Every text has its Polish: whole, with the same placeholders and every plural form, compiled."""

import re
import shutil
from pathlib import Path
from typing import Any

import django
import polib
import pytest
from django.conf import settings as configured
from django.core.management import call_command

PACKAGE = Path(__file__).resolve().parents[2] / "src/milepost"
LANGUAGES = [code for code, _name in configured.LANGUAGES if code != configured.LANGUAGE_CODE]
CATALOGUES = {language: PACKAGE / f"locale/{language}/LC_MESSAGES/django.po" for language in LANGUAGES}
DJANGO = Path(django.__file__).parent / "conf/locale"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|\{\w*\}")

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def entries(language: str) -> list[polib.POEntry]:
    """All that the catalogue holds."""
    return list(catalogue(language))


def catalogue(language: str) -> polib.POFile:
    """The texts with their translations."""
    return polib.pofile(CATALOGUES[language].read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    """The places in a text that are filled later."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def test_nothing_is_missing_doubtful_or_left_over(language: str) -> None:
    assert entries(language)
    assert [entry.msgid for entry in entries(language) if not entry.translated()] == []
    assert [entry.msgid for entry in entries(language) if entry.obsolete] == []


def test_every_plural_has_as_many_forms_as_django_asks_for(language: str) -> None:
    # Django picks the form by the rule of its own catalogue.
    rule = polib.mofile(str(DJANGO / language / "LC_MESSAGES/django.mo")).metadata["Plural-Forms"]
    assert catalogue(language).metadata["Plural-Forms"] == rule
    number = int(re.findall(r"nplurals=(\d+)", rule)[0])
    plurals = [entry for entry in entries(language) if entry.msgid_plural]
    assert [entry.msgid for entry in plurals if sorted(entry.msgstr_plural) != list(range(number))] == []
    assert [entry.msgid for entry in plurals if not all(entry.msgstr_plural.values())] == []


def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    singular = [entry for entry in entries(language) if not entry.msgid_plural]
    assert [one.msgid for one in singular if placeholders(one.msgstr) != placeholders(one.msgid)] == []
    for entry in entries(language):
        for form, text in entry.msgstr_plural.items():
            # The form for one thing may say “one” in words, as the English singular may.
            allowed = [placeholders(entry.msgid_plural), *([placeholders(entry.msgid)] if form == 0 else [])]
            assert placeholders(text) in allowed, entry.msgid


def test_the_compiled_catalogue_is_that_of_the_texts(language: str) -> None:
    compiled = polib.mofile(str(CATALOGUES[language].with_suffix(".mo").resolve(strict=True)))
    kept, made = (
        {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in texts}
        for texts in (compiled, entries(language))
    )
    assert kept == made


def test_every_marked_text_is_in_the_catalogue(
    language: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "milepost", ignore=shutil.ignore_patterns("*.zip", "*.woff2", "__pycache__"))
    monkeypatch.chdir(tmp_path / "milepost")
    settings.LOCALE_PATHS = [tmp_path / "milepost/locale"]
    call_command("makemessages", locale=[language], no_obsolete=True, verbosity=0)
    collected = polib.pofile(str(tmp_path / "milepost/locale" / language / "LC_MESSAGES/django.po"))
    assert {(one.msgctxt, one.msgid) for one in collected} == {(one.msgctxt, one.msgid) for one in entries(language)}
