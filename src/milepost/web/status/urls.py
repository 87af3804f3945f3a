from django.urls import path

from milepost.web.status import views

urlpatterns = [
    path("setup/status", views.status, name="status"),
    path("setup/status/retry", views.retry, name="retry"),
    path("refresh", views.refresh, name="refresh"),
]
