"""Reading the settings."""

from milepost.account.models import THE_ACCOUNT, Account


def the_account() -> Account:
    """The settings; the defaults where nobody changed any yet."""
    return Account.objects.filter(pk=THE_ACCOUNT).first() or Account(pk=THE_ACCOUNT)
