from django.urls import include, path

from milepost.web.goals import archive, exports, preferences, removal, saved_views, views

urlpatterns = [
    path("goals", views.overview, name="goals"),
    path("", include("milepost.web.goals.create.urls")),
    path("goals/archive", archive.archive, name="archive"),
    path("goals/<int:goal>/archive", archive.put_away, name="archive-goal"),
    path("goals/<int:goal>/restore", archive.restore, name="restore-goal"),
    path("goals/export.csv", exports.as_csv, name="export-goals-csv"),
    path("goals/export.xlsx", exports.as_xlsx, name="export-goals-xlsx"),
    path("goals/contributors/remove", removal.remove, name="remove-contributors"),
    path("goals/contributors/undo", removal.undo, name="undo-removal"),
    path("goals/contributors/dismiss", removal.dismiss, name="dismiss-removal"),
    path("goals/views", saved_views.save, name="save-view"),
    path("goals/views/<int:view>", saved_views.change, name="change-view"),
    path("goals/preferences", preferences.prefer, name="prefer"),
    path("", include("milepost.web.goals.goal_urls")),
]
