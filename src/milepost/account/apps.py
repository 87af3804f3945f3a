from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "milepost.account"
