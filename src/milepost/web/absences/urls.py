from django.urls import path

from milepost.web.absences import csv_views, views

urlpatterns = [
    path("absences", views.absences, name="absences"),
    path("absences/import", csv_views.read, name="import-absences"),
    path("absences/of/<int:person>", views.of_person, name="person-absences"),
    path("absences/of/<int:person>/calendar", views.connect, name="connect-absences"),
    path("absences/of/<int:person>/calendar/disconnect", views.disconnect, name="disconnect-absences"),
    path("absences/<int:absence>", views.change, name="change-absence"),
    path("absences/<int:absence>/remove", views.remove, name="remove-absence"),
    path("absences/<int:absence>/undo", views.undo, name="undo-absence"),
]
