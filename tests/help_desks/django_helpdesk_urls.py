"""The addresses of the project with django-helpdesk: what the documentation says to set up, and signing in."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("milepost/", include("milepost_reading")),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
