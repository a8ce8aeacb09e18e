"""Addresses of the middle app."""

from django.urls import path

from pilots.views import findings, pilots, playbook, versions

app_name = "pilots"
urlpatterns = [
    path("playbook/", playbook.playbook, name="playbook"),
    path("playbook/new/", versions.procedure_add, name="procedure-add"),
    path("playbook/<int:pk>/", versions.version, name="version"),
    path("playbook/<int:pk>/draft/", versions.draft_open, name="draft-open"),
    path("playbook/<int:pk>/discard/", versions.draft_discard, name="draft-discard"),
    path("playbook/<int:pk>/publish/", versions.publish, name="publish"),
    path("playbook/<int:pk>/steps/", versions.step_add, name="step-add"),
    path("steps/<int:pk>/", versions.step_edit, name="step-edit"),
    path("steps/<int:pk>/remove/", versions.step_remove, name="step-remove"),
    path("steps/<int:pk>/move/", versions.step_move, name="step-move"),
    path("pilots/<int:pk>/", pilots.pilot_page, name="pilot"),
    path("pilots/<int:pk>/edit/", pilots.pilot_edit, name="pilot-edit"),
    path("pilots/<int:pk>/criteria/", pilots.criterion_add, name="criterion-add"),
    path("criteria/<int:pk>/", pilots.criterion_edit, name="criterion-edit"),
    path("criteria/<int:pk>/remove/", pilots.criterion_remove, name="criterion-remove"),
    path("findings/", findings.finding_list, name="finding-list"),
    path("findings/add/", findings.finding_add, name="finding-add"),
    path("findings/similar/", findings.finding_similar, name="finding-similar"),
    path("findings/<int:pk>/", findings.finding_page, name="finding"),
    path("findings/<int:pk>/edit/", findings.finding_edit, name="finding-edit"),
    path("findings/<int:pk>/merge/", findings.finding_merge, name="finding-merge"),
    path("findings/<int:pk>/files/", findings.finding_attach, name="finding-attach"),
    path("findings/<int:pk>/review/", findings.finding_review, name="finding-review"),
    path("findings/<int:pk>/adopt/", findings.finding_adopt, name="finding-adopt"),
    path("findings/<int:pk>/reject/", findings.finding_reject, name="finding-reject"),
    path("findings/<int:pk>/retire/", findings.finding_retire, name="finding-retire"),
    path("findings/<int:pk>/reopen/", findings.finding_reopen, name="finding-reopen"),
]
