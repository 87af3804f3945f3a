from django.urls import path

from milepost.web.sources import views

urlpatterns = [path("setup/sources", views.sources, name="sources")]
