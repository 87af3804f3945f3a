from django.urls import path

from milepost.web.goals import edit_views, final_views, goal_views, prorate_views

urlpatterns = [
    path("goals/<int:goal>", goal_views.goal, name="goal"),
    path("goals/<int:goal>/edit", edit_views.edit, name="edit-goal"),
    path("goals/<int:goal>/details", goal_views.edit_details, name="goal-details"),
    path("goals/<int:goal>/contributors", goal_views.add_contributors, name="add-contributors"),
    path("goals/<int:goal>/pipelines", goal_views.change_pipelines, name="goal-pipelines"),
    path("goals/<int:goal>/duplicate", goal_views.duplicate, name="duplicate-goal"),
    path("goals/<int:goal>/<str:first_day>/finalise", final_views.finalise_period, name="finalise-period"),
    path("goals/<int:goal>/<str:first_day>/<int:contributor>", goal_views.target, name="target"),
    path("goals/<int:goal>/<str:first_day>/<int:contributor>/prorate", prorate_views.prorate, name="prorate"),
    path("goals/<int:goal>/<str:first_day>/<int:contributor>/reopen", final_views.reopen, name="reopen"),
    path("goals/<int:goal>/<str:first_day>/<int:contributor>/finalise", final_views.finalise, name="finalise"),
]
