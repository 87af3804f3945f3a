from django.urls import path

from milepost.web.goals import views

urlpatterns = [
    path("goals", views.overview, name="goals"),
    path("goals/new", views.create, name="create-goal"),
]
