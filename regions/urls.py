"""Addresses of the bottom app."""

from django.urls import path

from regions import views

app_name = "regions"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
