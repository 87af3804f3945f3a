from django.urls import path

from milepost.web.goals.create import views

urlpatterns = [
    path("goals/new", views.begin, name="create-goal"),
    path("goals/new/<uuid:key>/template", views.template, name="create-goal-template"),
    path("goals/new/<uuid:key>/measure", views.measure, name="create-goal-measure"),
    path("goals/new/<uuid:key>/details", views.details, name="create-goal-details"),
    path("goals/new/<uuid:key>/targets", views.targets, name="create-goal-targets"),
    path("goals/new/<uuid:key>/notifications", views.notifications, name="create-goal-notifications"),
    path("goals/new/<uuid:key>/discard", views.discard, name="create-goal-discard"),
]
