from django.urls import include, path

urlpatterns = [path("", include("milepost.web.urls"))]
