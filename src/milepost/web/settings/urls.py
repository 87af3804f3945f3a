from django.urls import path

from milepost.web.settings import views

urlpatterns = [path("setup/settings", views.settings, name="settings")]
