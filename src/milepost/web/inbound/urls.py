"""Where programs send to."""

from django.urls import path

from milepost.web.inbound import bell_views, views

urlpatterns = [
    path("inbound/<str:key>", views.entrance, name="entrance"),
    path("inbound/<str:key>/openapi.json", views.openapi, name="entrance-openapi"),
    path("notify/<str:key>", bell_views.ring, name="bell"),
]
