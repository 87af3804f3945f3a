"""What lets us in is kept so that the database alone opens nothing."""

import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import SourceFailed
from milepost.sources import vault


def test_what_was_sealed_is_opened_by_the_key_and_says_nothing_without_it() -> None:
    sealed = vault.seal({"token": "let-me-read"})
    assert "let-me-read" not in sealed
    assert vault.unseal(sealed) == {"token": "let-me-read"}
    assert vault.seal({"token": "let-me-read"}) != sealed
    assert vault.unseal("") == {}


def test_under_another_key_the_token_is_asked_for_again(settings: Settings) -> None:
    sealed = vault.seal({"token": "let-me-read"})
    settings.SECRET_KEY = "another"
    with pytest.raises(SourceFailed, match="enter tokens") as failure:
        vault.unseal(sealed)
    assert failure.value.permanent
