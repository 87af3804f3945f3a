from django.urls import path

from milepost.web.teams import views

urlpatterns = [
    path("teams", views.teams, name="teams"),
    path("teams/<int:team>", views.team, name="team"),
]
