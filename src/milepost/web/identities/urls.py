"""Who is who in a source."""

from django.urls import path

from milepost.web.identities import change_views, views

urlpatterns = [
    path("setup/sources/<int:number>/who", views.who, name="who-is-who"),
    path("setup/identities/<int:number>", change_views.change, name="identity"),
    path("setup/identities/<int:number>/separate", change_views.separate, name="separate-identity"),
]
