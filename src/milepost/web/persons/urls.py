from django.urls import path

from milepost.web.persons import csv_views, team_views, views

urlpatterns = [
    path("setup/people", views.people, name="setup-people"),
    path("setup/people/new", views.new, name="new-person"),
    path("setup/people/export.csv", csv_views.export, name="export-people"),
    path("setup/people/import", csv_views.read, name="import-people"),
    path("setup/people/<int:pk>", views.person, name="setup-person"),
    path("setup/people/<int:pk>/deactivate", views.deactivate, name="deactivate-person"),
    path("setup/people/<int:pk>/reactivate", views.reactivate, name="reactivate-person"),
    path("setup/people/<int:pk>/join", views.join, name="join-team"),
    path("setup/memberships/<int:pk>", views.membership, name="membership"),
    path("setup/memberships/<int:pk>/remove", views.remove_membership, name="remove-membership"),
    path("setup/teams", team_views.teams, name="setup-teams"),
    path("setup/teams/new", team_views.new, name="new-team"),
    path("setup/teams/<int:pk>", team_views.team, name="setup-team"),
]
