"""The first steps."""

from django.urls import path

from milepost.web.start import views

urlpatterns = [
    path("setup/start", views.start, name="start"),
    path("setup/start/hide", views.hide, name="hide-start"),
]
