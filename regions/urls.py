"""Addresses of the bottom app."""

from django.urls import path

from regions import views

app_name = "regions"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("files/<int:pk>/", views.file_page, name="file"),
    path("files/<int:pk>/content/", views.file_content, name="file-content"),
    path("files/<int:pk>/download/", views.file_download, name="file-download"),
    path("files/<int:pk>/preview/", views.file_preview, name="file-preview"),
    path("files/<int:pk>/withdraw/", views.file_withdraw, name="file-withdraw"),
]
