from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="goals"), name="home"),
    path("", include("milepost.web.goals.urls")),
    path("", include("milepost.web.teams.urls")),
    path("", include("milepost.web.sources.urls")),
    path("", include("milepost.web.inbound.urls")),
    path("", include("milepost.web.identities.urls")),
    path("", include("milepost.web.start.urls")),
    path("", include("milepost.web.demo.urls")),
    path("", include("milepost.web.status.urls")),
    path("", include("milepost.web.calendars.urls")),
    path("", include("milepost.web.search.urls")),
    path("", include("milepost.web.people.urls")),
    path("", include("milepost.web.persons.urls")),
    path("", include("milepost.web.absences.urls")),
    path("", include("milepost.web.users.urls")),
    path("", include("milepost.web.settings.urls")),
    path("", include("milepost.web.notifications.urls")),
]
