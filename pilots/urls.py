"""Addresses of the middle app."""

from django.urls import path

from pilots import views

app_name = "pilots"
urlpatterns = [
    path("playbook/", views.playbook, name="playbook"),
    path("findings/", views.finding_list, name="finding-list"),
    path("findings/add/", views.finding_add, name="finding-add"),
    path("findings/<int:pk>/", views.finding_page, name="finding"),
    path("findings/<int:pk>/files/", views.finding_attach, name="finding-attach"),
    path("findings/<int:pk>/review/", views.finding_review, name="finding-review"),
    path("findings/<int:pk>/adopt/", views.finding_adopt, name="finding-adopt"),
    path("findings/<int:pk>/reject/", views.finding_reject, name="finding-reject"),
    path("findings/<int:pk>/retire/", views.finding_retire, name="finding-retire"),
    path("findings/<int:pk>/reopen/", views.finding_reopen, name="finding-reopen"),
]
