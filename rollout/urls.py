"""Every address of the product; those of the top app are named `rollout:…`."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from django.contrib import admin
from django.urls import (
    URLPattern,
    URLResolver,
    include,
    path,
    register_converter,
)
from django.urls.converters import StringConverter

from regions.middleware import needs_no_factor
from rollout.views import (
    answers,
    appraisal,
    asks,
    board,
    bookings,
    booklet,
    briefanswer,
    briefs,
    bulk,
    calls,
    ceos,
    checkins,
    clarifications,
    closeouts,
    contacts,
    dashboard,
    feeds,
    handovers,
    health,
    history,
    lessons,
    mails,
    passkeys,
    pause,
    people,
    plans,
    previews,
    pushing,
    putoff,
    regions,
    requests,
    rhythms,
    roles,
    security,
    settings,
    signin,
    stances,
    taskedit,
    tasklink,
    tasklist,
    taskparts,
    tasks,
    taught,
    waves,
    worker,
)


class CodeConverter(StringConverter):
    """A code of a row; with a zero byte it is none, and PostgreSQL breaks on it."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")
region_patterns = [
    path("", regions.region, name="region"),
    path("call/", calls.call_sheet, name="call-sheet"),
    path("call/draft/", calls.call_draft, name="call-draft"),
    path("call/hand-over/", calls.call_hand_over, name="call-hand-over"),
    path("call/take-back/", calls.call_take_back, name="call-take-back"),
    path("book/", bookings.book, name="talk-book"),
    path("book/cancel/", bookings.cancel, name="talk-cancel"),
    path("ceo/", ceos.ceo_change, name="ceo-change"),
    path("brief/", briefs.region_brief, name="region-brief"),
    path("go-live/", plans.go_live_move, name="go-live-move"),
    path("wave/", plans.wave_change, name="wave-change"),
    path("agree/", plans.plan_agree, name="plan-agree"),
    path("disagree/", plans.plan_disagree, name="plan-disagree"),
    path("board/", board.region_board, name="region-board"),
    path("tasks/new/", taskedit.task_new, name="task-new"),
    path("ask/", clarifications.region_ask, name="region-ask"),
    path("asks/new/", asks.ask_new, name="ask-new"),
]
stance_patterns = [
    path("", stances.stance_list, name="stance-list"),
    path("<code:code>/", stances.stance, name="stance"),
    path("<code:code>/manners/", stances.ceo_manners, name="ceo-manners"),
    path("<int:pk>/withdraw/", stances.stance_withdraw, name="stance-withdraw"),
]
brief_patterns = [
    path("", briefs.brief_list, name="brief-list"),
    path("<int:pk>/", briefs.brief, name="brief"),
    path("<int:pk>/preview/", briefs.brief_preview, name="brief-preview"),
    path("<int:pk>/html/", briefs.brief_html, name="brief-html"),
    path("<int:pk>/pdf/", briefs.brief_pdf, name="brief-pdf"),
    path("<int:pk>/send/", briefs.brief_send, name="brief-send"),
    path("<int:pk>/withdraw/", briefs.brief_withdraw, name="brief-withdraw"),
]
ask_patterns = [
    path("", asks.ask_list, name="ask-list"),
    path("new/", asks.ask_start, name="ask-start"),
    path("<int:pk>/", asks.ask, name="ask"),
    path("<int:pk>/settle/", asks.ask_settle, name="ask-settle"),
    path("<int:pk>/change/", asks.ask_change, name="ask-change"),
    path("<int:pk>/tasks/", asks.ask_link, name="ask-link"),
    path("<int:pk>/tasks/unlink/", asks.ask_unlink, name="ask-unlink"),
]
clarification_patterns = [
    path("", clarifications.clarification_list, name="clarification-list"),
    path("<int:pk>/", clarifications.clarification, name="clarification"),
    path(
        "<int:pk>/reply/",
        clarifications.clarification_reply,
        name="clarification-reply",
    ),
    path(
        "<int:pk>/again/",
        clarifications.clarification_again,
        name="clarification-again",
    ),
    path(
        "<int:pk>/confirm/",
        clarifications.clarification_confirm,
        name="clarification-confirm",
    ),
    path(
        "<int:pk>/withdraw/",
        clarifications.clarification_withdraw,
        name="clarification-withdraw",
    ),
    path(
        "<int:pk>/files/",
        clarifications.clarification_attach,
        name="clarification-attach",
    ),
]
check_in_patterns = [
    path("", checkins.check_in_list, name="check-in-list"),
    path("move/", checkins.check_in_move, name="check-in-move"),
    path("<int:pk>/leave-out/", checkins.check_in_leave_out, name="check-in-leave-out"),
    path("rhythms/<int:pk>/", rhythms.rhythm_edit, name="rhythm"),
    path("rhythms/<int:pk>/put-off/", putoff.call_put_off, name="call-put-off"),
    path("put-off/<int:pk>/back/", putoff.call_put_back, name="call-put-back"),
    path("waves/<int:pk>/", rhythms.wave_rhythm, name="wave-rhythm"),
]
wave_patterns = [
    path("<int:pk>/", waves.wave, name="wave"),
    path("<int:pk>/open/", waves.wave_open, name="wave-open"),
    path("<int:pk>/overrule/", waves.wave_overrule, name="wave-overrule"),
]
task_patterns = [
    path("", tasks.my_tasks, name="my-tasks"),
    path("all/", tasklist.task_list, name="task-list"),
    path("all/export/", tasklist.task_export, name="task-export"),
    path("bulk/", bulk.task_bulk, name="task-bulk"),
    path("<int:pk>/", tasks.task_page, name="task"),
    path("<int:pk>/row/", tasklist.task_row, name="task-row"),
    path("<int:pk>/edit/", taskedit.task_edit, name="task-edit"),
    path("<int:pk>/drop/", taskedit.task_drop, name="task-drop"),
    path("<int:pk>/comment/", taskparts.task_comment, name="task-comment"),
    path("<int:pk>/checklist/", taskparts.checklist_add, name="checklist-add"),
    path("<int:pk>/finding/", taught.task_finding, name="task-finding"),
    path("<int:pk>/files/", tasks.task_attach, name="task-attach"),
    path("<int:pk>/complete/", tasks.task_complete, name="task-complete"),
    path("<int:pk>/start/", tasks.task_start, name="task-start"),
    path("<int:pk>/block/", tasks.task_block, name="task-block"),
    path("<int:pk>/reopen/", tasks.task_reopen, name="task-reopen"),
    path("<int:pk>/undo/", tasks.task_undo, name="task-undo"),
    path("<int:pk>/ask-date/", requests.task_ask_date, name="task-ask-date"),
    path("<int:pk>/not-mine/", requests.task_not_mine, name="task-not-mine"),
    path(
        "<int:pk>/lessons/<int:finding>/", lessons.lesson_answer, name="lesson-answer"
    ),
]
playbook_patterns = [
    path("booklet/", booklet.booklet, name="booklet"),
    path("booklet/<int:pk>/", booklet.booklet_procedure, name="booklet-procedure"),
    path("<int:pk>/push/", pushing.push, name="push"),
    path("effect/", lessons.effect, name="effect"),
]
person_patterns = [
    path("", people.person_list, name="person-list"),
    path("invite/", people.person_invite, name="person-invite"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/appraisal/", appraisal.appraisal, name="appraisal"),
    path("<int:pk>/edit/", people.person_edit, name="person-edit"),
    path("<int:pk>/invite/", people.person_invite_again, name="person-invite-again"),
    path("<int:pk>/roles/", roles.role_give, name="role-give"),
    path("<int:pk>/absences/", roles.absence_plan, name="absence-plan"),
    path("<int:pk>/hand-over/", handovers.person_hand_over, name="person-hand-over"),
    path("<int:pk>/leave/", handovers.person_leave, name="person-leave"),
]
history_patterns = [
    path("", history.history_search, name="history"),
    path("export/", history.history_export, name="history-export"),
    path("acts/<uuid:act>/", history.act_page, name="act"),
    path("acts/<uuid:act>/undo/", history.act_undo, name="act-undo"),
    path("<slug:kind>/<int:pk>/", history.row_history, name="row-history"),
]
mail_patterns = [
    path("", mails.mail_list, name="mail-list"),
    path("<int:pk>/", mails.mail_page, name="mail"),
    path("<int:pk>/resend/", mails.mail_resend, name="mail-resend"),
    path("<int:pk>/cancel/", mails.mail_cancel, name="mail-cancel"),
    path("previews/", previews.preview_list, name="preview-list"),
    path("previews/<slug:kind>/", previews.preview, name="preview"),
    path("previews/<slug:kind>/html/", previews.preview_html, name="preview-html"),
]
settings_patterns = [
    path("", settings.settings_page, name="settings"),
    path("calendars/", feeds.feed_add, name="feed-add"),
    path("calendars/<int:pk>/revoke/", feeds.feed_revoke, name="feed-revoke"),
    path("links/", settings.settings_links, name="settings-links"),
    path("test/", settings.settings_test, name="settings-test"),
    path("security/", security.security, name="security"),
    path("security/app/", security.security_app, name="security-app"),
    path("security/remove/", security.security_remove, name="security-remove"),
    path("security/passkey/", passkeys.security_passkey, name="security-passkey"),
    path(
        "security/passkey/begin/",
        passkeys.security_passkey_begin,
        name="security-passkey-begin",
    ),
    path(
        "security/passkey/<int:pk>/remove/",
        passkeys.security_passkey_remove,
        name="security-passkey-remove",
    ),
    path("security/codes/", security.security_codes, name="security-codes"),
    path(
        "security/sessions/end/",
        security.security_sessions_end,
        name="security-sessions-end",
    ),
    path(
        "security/sessions/<int:pk>/end/",
        security.security_session_end,
        name="security-session-end",
    ),
]
rollout_patterns: list[URLPattern | URLResolver] = [
    path("", dashboard.home, name="home"),
    path("today/", dashboard.today, name="today"),
    path("tasks/", include(task_patterns)),
    path("regions/", regions.region_list, name="region-list"),
    path("regions/<code:code>/", include(region_patterns)),
    path("stances/", include(stance_patterns)),
    path("briefs/", include(brief_patterns)),
    path("board/", board.board, name="board"),
    path("asks/", include(ask_patterns)),
    path("clarifications/", include(clarification_patterns)),
    path("check-ins/", include(check_in_patterns)),
    path("contacts/<int:pk>/", contacts.contact_correct, name="contact-correct"),
    path(
        "contacts/<int:pk>/withdraw/",
        contacts.contact_withdraw,
        name="contact-withdraw",
    ),
    path("pilots/<int:pk>/close-out/", closeouts.close_out, name="close-out"),
    path("close-out/<str:token>/", closeouts.close_out_answer, name="close-out-answer"),
    path("waves/", include(wave_patterns)),
    path("checklist/<int:pk>/tick/", taskparts.checklist_tick, name="checklist-tick"),
    path(
        "checklist/<int:pk>/remove/",
        taskparts.checklist_remove,
        name="checklist-remove",
    ),
    path(
        "comments/<int:pk>/withdraw/",
        taskparts.comment_withdraw,
        name="comment-withdraw",
    ),
    path("lessons/<int:pk>/outcome/", lessons.lesson_outcome, name="lesson-outcome"),
    path("lessons/<int:pk>/undo/", lessons.lesson_undo, name="lesson-undo"),
    path("playbook/", include(playbook_patterns)),
    path("pushes/<int:pk>/undo/", pushing.push_undo, name="push-undo"),
    path("requests/<int:pk>/", requests.task_request, name="request"),
    path(
        "requests/<int:pk>/withdraw/",
        requests.request_withdraw,
        name="request-withdraw",
    ),
    path("people/", include(person_patterns)),
    path("roles/<int:pk>/end/", roles.role_end, name="role-end"),
    path("absences/<int:pk>/", roles.absence_change, name="absence-change"),
    path("absences/<int:pk>/cancel/", roles.absence_cancel, name="absence-cancel"),
    path("hand-overs/<int:pk>/undo/", handovers.hand_over_undo, name="hand-over-undo"),
    path("history/", include(history_patterns)),
    path("mails/", include(mail_patterns)),
    path("settings/", include(settings_patterns)),
    path("health", health.health, name="health"),
    path("my-list/<str:token>/", tasklink.mailed_tasks, name="mailed-tasks"),
    path("worker.js", worker.worker, name="worker"),
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar"),
    path("pause/<str:token>/", pause.pause, name="pause"),
    path("answers/<str:token>/", answers.answers, name="answers"),
    path("brief/<str:token>/", briefanswer.brief_answer, name="brief-answer"),
    path("invitation/<str:token>/", signin.invitation, name="invitation"),
    path("sign-in/", signin.sign_in_ask, name="sign-in-ask"),
    path("sign-in/<str:token>/", signin.sign_in, name="sign-in"),
]

# Only those of allauth's pages that this product has: nobody registers himself, and a
# mail link replaces the reset of a password.
account_patterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", needs_no_factor(signin.sign_out), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path(
        "reauthenticate/",
        needs_no_factor(account.reauthenticate),
        name="account_reauthenticate",
    ),
    path("code/", factor.authenticate, name="mfa_authenticate"),
    path(
        "code/again/", needs_no_factor(factor.reauthenticate), name="mfa_reauthenticate"
    ),
    path("passkey/", passkeys.passkey_sign_in, name="passkey_sign_in"),
    path("passkey/begin/", passkeys.passkey_begin, name="passkey_begin"),
    path(
        "passkey/again/",
        needs_no_factor(passkeys.passkey_again),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "sso/login/",
        signin.provider_login,
        {"provider_id": "sso"},
        name="openid_connect_login",
    ),
    path(
        "sso/login/callback/",
        signin.provider_callback,
        {"provider_id": "sso"},
        name="openid_connect_callback",
    ),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
]

urlpatterns = [
    path("", include((rollout_patterns, "rollout"))),
    path("", include("regions.urls")),
    path("", include("pilots.urls")),
    path("accounts/", include(account_patterns)),
    path("admin/", admin.site.urls),
]

handler400 = "rollout.views.faults.bad_request"
