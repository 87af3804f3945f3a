from django.urls import path

from milepost.web.search import views

urlpatterns = [path("search", views.search, name="search")]
