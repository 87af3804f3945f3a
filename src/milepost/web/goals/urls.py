from django.urls import include, path

from milepost.web.goals import views

urlpatterns = [
    path("goals", views.overview, name="goals"),
    path("", include("milepost.web.goals.create.urls")),
    path("", include("milepost.web.goals.goal_urls")),
]
