"""Demo data."""

from django.urls import path

from milepost.web.demo import views

urlpatterns = [
    path("setup/demo/load", views.load, name="demo-load"),
    path("setup/demo/withdraw", views.withdraw, name="demo-withdraw"),
    path("setup/demo/remove", views.remove, name="demo-remove"),
]
