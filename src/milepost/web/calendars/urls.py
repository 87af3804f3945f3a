from django.urls import path

from milepost.web.calendars import views

urlpatterns = [
    path("setup/calendars", views.calendar, name="calendars"),
    path("setup/calendars/team/<int:team>", views.calendar, name="team-calendar"),
    path("setup/calendars/retime", views.retime, name="retime"),
]
