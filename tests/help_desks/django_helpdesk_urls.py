"""The addresses of the project with django-helpdesk: what the documentation says to set up, and nothing else."""

from django.urls import include, path

urlpatterns = [
    path("milepost/", include("milepost_reading")),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
