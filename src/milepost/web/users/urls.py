from django.urls import path

from milepost.web.users import views, welcome

urlpatterns = [
    path("setup/users", views.users, name="setup-users"),
    path("setup/users/new", views.new, name="new-user"),
    path("setup/users/<int:pk>", views.user, name="setup-user"),
    path("setup/users/<int:pk>/link", views.link, name="user-link"),
    path("setup/users/<int:pk>/<str:act>", views.act, name="user-act"),
    path("welcome/<uidb64>/<token>", welcome.Welcome.as_view(), name="welcome"),
    path("password", welcome.Password.as_view(), name="password"),
]
