"""The first steps."""

from django.urls import path

from milepost.web.start import people_views, views

urlpatterns = [
    path("setup/start", views.start, name="start"),
    path("setup/start/people", people_views.people, name="start-people"),
    path("setup/start/people/same", people_views.same, name="start-same"),
    path("setup/start/people/lead", people_views.lead, name="start-lead"),
    path("setup/start/hide", views.hide, name="hide-start"),
]
