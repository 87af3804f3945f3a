from django.urls import include, path

urlpatterns = [path("", include("milepost.web.urls"))]

handler400 = "milepost.web.errors.bad_request"
handler403 = "milepost.web.errors.forbidden"
handler404 = "milepost.web.errors.not_found"
handler500 = "milepost.web.errors.fault"
