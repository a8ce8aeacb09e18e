"""Every address of the product; those of the top app are named `rollout:…`."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from django.contrib import admin
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from regions.middleware import needs_no_factor
from rollout.views import (
    answers,
    appraisal,
    asks,
    board,
    bookings,
    briefanswer,
    briefs,
    bulk,
    calls,
    ceos,
    checkins,
    clarifications,
    contacts,
    dashboard,
    feeds,
    handovers,
    health,
    history,
    mails,
    passkeys,
    pause,
    people,
    plans,
    previews,
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
    worker,
)


class CodeConverter(StringConverter):
    """A code of a row; with a zero byte it is none, and PostgreSQL breaks on it."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")
rollout_patterns = [
    path("", dashboard.home, name="home"),
    path("today/", dashboard.today, name="today"),
    path("regions/", regions.region_list, name="region-list"),
    path("regions/<code:code>/", regions.region, name="region"),
    path("regions/<code:code>/call/", calls.call_sheet, name="call-sheet"),
    path("regions/<code:code>/call/draft/", calls.call_draft, name="call-draft"),
    path(
        "regions/<code:code>/call/hand-over/",
        calls.call_hand_over,
        name="call-hand-over",
    ),
    path(
        "regions/<code:code>/call/take-back/",
        calls.call_take_back,
        name="call-take-back",
    ),
    path("regions/<code:code>/book/", bookings.book, name="talk-book"),
    path("regions/<code:code>/book/cancel/", bookings.cancel, name="talk-cancel"),
    path("regions/<code:code>/ceo/", ceos.ceo_change, name="ceo-change"),
    path("stances/", stances.stance_list, name="stance-list"),
    path("stances/<code:code>/", stances.stance, name="stance"),
    path("stances/<code:code>/manners/", stances.ceo_manners, name="ceo-manners"),
    path("stances/<int:pk>/withdraw/", stances.stance_withdraw, name="stance-withdraw"),
    path("regions/<code:code>/brief/", briefs.region_brief, name="region-brief"),
    path("briefs/", briefs.brief_list, name="brief-list"),
    path("briefs/<int:pk>/", briefs.brief, name="brief"),
    path("briefs/<int:pk>/preview/", briefs.brief_preview, name="brief-preview"),
    path("briefs/<int:pk>/html/", briefs.brief_html, name="brief-html"),
    path("briefs/<int:pk>/pdf/", briefs.brief_pdf, name="brief-pdf"),
    path("briefs/<int:pk>/send/", briefs.brief_send, name="brief-send"),
    path("briefs/<int:pk>/withdraw/", briefs.brief_withdraw, name="brief-withdraw"),
    path("regions/<code:code>/go-live/", plans.go_live_move, name="go-live-move"),
    path("regions/<code:code>/wave/", plans.wave_change, name="wave-change"),
    path("regions/<code:code>/agree/", plans.plan_agree, name="plan-agree"),
    path("regions/<code:code>/disagree/", plans.plan_disagree, name="plan-disagree"),
    path("board/", board.board, name="board"),
    path("regions/<code:code>/board/", board.region_board, name="region-board"),
    path("regions/<code:code>/tasks/new/", taskedit.task_new, name="task-new"),
    path("regions/<code:code>/ask/", clarifications.region_ask, name="region-ask"),
    path("regions/<code:code>/asks/new/", asks.ask_new, name="ask-new"),
    path("asks/", asks.ask_list, name="ask-list"),
    path("asks/new/", asks.ask_start, name="ask-start"),
    path("asks/<int:pk>/", asks.ask, name="ask"),
    path("asks/<int:pk>/settle/", asks.ask_settle, name="ask-settle"),
    path("asks/<int:pk>/change/", asks.ask_change, name="ask-change"),
    path("asks/<int:pk>/tasks/", asks.ask_link, name="ask-link"),
    path("asks/<int:pk>/tasks/unlink/", asks.ask_unlink, name="ask-unlink"),
    path(
        "clarifications/", clarifications.clarification_list, name="clarification-list"
    ),
    path(
        "clarifications/<int:pk>/", clarifications.clarification, name="clarification"
    ),
    path(
        "clarifications/<int:pk>/reply/",
        clarifications.clarification_reply,
        name="clarification-reply",
    ),
    path(
        "clarifications/<int:pk>/again/",
        clarifications.clarification_again,
        name="clarification-again",
    ),
    path(
        "clarifications/<int:pk>/confirm/",
        clarifications.clarification_confirm,
        name="clarification-confirm",
    ),
    path(
        "clarifications/<int:pk>/withdraw/",
        clarifications.clarification_withdraw,
        name="clarification-withdraw",
    ),
    path(
        "clarifications/<int:pk>/files/",
        clarifications.clarification_attach,
        name="clarification-attach",
    ),
    path("check-ins/", checkins.check_in_list, name="check-in-list"),
    path("check-ins/move/", checkins.check_in_move, name="check-in-move"),
    path(
        "check-ins/<int:pk>/leave-out/",
        checkins.check_in_leave_out,
        name="check-in-leave-out",
    ),
    path("check-ins/rhythms/<int:pk>/", rhythms.rhythm_edit, name="rhythm"),
    path(
        "check-ins/rhythms/<int:pk>/put-off/", putoff.call_put_off, name="call-put-off"
    ),
    path(
        "check-ins/put-off/<int:pk>/back/", putoff.call_put_back, name="call-put-back"
    ),
    path("check-ins/waves/<int:pk>/", rhythms.wave_rhythm, name="wave-rhythm"),
    path("contacts/<int:pk>/", contacts.contact_correct, name="contact-correct"),
    path(
        "contacts/<int:pk>/withdraw/",
        contacts.contact_withdraw,
        name="contact-withdraw",
    ),
    path("tasks/", tasks.my_tasks, name="my-tasks"),
    path("tasks/all/", tasklist.task_list, name="task-list"),
    path("tasks/all/export/", tasklist.task_export, name="task-export"),
    path("tasks/bulk/", bulk.task_bulk, name="task-bulk"),
    path("tasks/<int:pk>/", tasks.task_page, name="task"),
    path("tasks/<int:pk>/row/", tasklist.task_row, name="task-row"),
    path("tasks/<int:pk>/edit/", taskedit.task_edit, name="task-edit"),
    path("tasks/<int:pk>/drop/", taskedit.task_drop, name="task-drop"),
    path("tasks/<int:pk>/comment/", taskparts.task_comment, name="task-comment"),
    path("tasks/<int:pk>/checklist/", taskparts.checklist_add, name="checklist-add"),
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
    path("tasks/<int:pk>/files/", tasks.task_attach, name="task-attach"),
    path("tasks/<int:pk>/complete/", tasks.task_complete, name="task-complete"),
    path("tasks/<int:pk>/start/", tasks.task_start, name="task-start"),
    path("tasks/<int:pk>/block/", tasks.task_block, name="task-block"),
    path("tasks/<int:pk>/reopen/", tasks.task_reopen, name="task-reopen"),
    path("tasks/<int:pk>/undo/", tasks.task_undo, name="task-undo"),
    path("tasks/<int:pk>/ask-date/", requests.task_ask_date, name="task-ask-date"),
    path("tasks/<int:pk>/not-mine/", requests.task_not_mine, name="task-not-mine"),
    path("requests/<int:pk>/", requests.task_request, name="request"),
    path(
        "requests/<int:pk>/withdraw/",
        requests.request_withdraw,
        name="request-withdraw",
    ),
    path("people/", people.person_list, name="person-list"),
    path("people/invite/", people.person_invite, name="person-invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/appraisal/", appraisal.appraisal, name="appraisal"),
    path("people/<int:pk>/edit/", people.person_edit, name="person-edit"),
    path(
        "people/<int:pk>/invite/",
        people.person_invite_again,
        name="person-invite-again",
    ),
    path("people/<int:pk>/roles/", roles.role_give, name="role-give"),
    path("people/<int:pk>/absences/", roles.absence_plan, name="absence-plan"),
    path(
        "people/<int:pk>/hand-over/",
        handovers.person_hand_over,
        name="person-hand-over",
    ),
    path("people/<int:pk>/leave/", handovers.person_leave, name="person-leave"),
    path("roles/<int:pk>/end/", roles.role_end, name="role-end"),
    path("absences/<int:pk>/", roles.absence_change, name="absence-change"),
    path("absences/<int:pk>/cancel/", roles.absence_cancel, name="absence-cancel"),
    path("hand-overs/<int:pk>/undo/", handovers.hand_over_undo, name="hand-over-undo"),
    path("history/", history.history_search, name="history"),
    path("history/export/", history.history_export, name="history-export"),
    path("history/acts/<uuid:act>/", history.act_page, name="act"),
    path("history/acts/<uuid:act>/undo/", history.act_undo, name="act-undo"),
    path("history/<slug:kind>/<int:pk>/", history.row_history, name="row-history"),
    path("mails/", mails.mail_list, name="mail-list"),
    path("mails/<int:pk>/", mails.mail_page, name="mail"),
    path("mails/<int:pk>/resend/", mails.mail_resend, name="mail-resend"),
    path("mails/<int:pk>/cancel/", mails.mail_cancel, name="mail-cancel"),
    path("mails/previews/", previews.preview_list, name="preview-list"),
    path("mails/previews/<slug:kind>/", previews.preview, name="preview"),
    path(
        "mails/previews/<slug:kind>/html/", previews.preview_html, name="preview-html"
    ),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/calendars/", feeds.feed_add, name="feed-add"),
    path("settings/calendars/<int:pk>/revoke/", feeds.feed_revoke, name="feed-revoke"),
    path("settings/links/", settings.settings_links, name="settings-links"),
    path("settings/test/", settings.settings_test, name="settings-test"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/app/", security.security_app, name="security-app"),
    path("settings/security/remove/", security.security_remove, name="security-remove"),
    path(
        "settings/security/passkey/",
        passkeys.security_passkey,
        name="security-passkey",
    ),
    path(
        "settings/security/passkey/begin/",
        passkeys.security_passkey_begin,
        name="security-passkey-begin",
    ),
    path(
        "settings/security/passkey/<int:pk>/remove/",
        passkeys.security_passkey_remove,
        name="security-passkey-remove",
    ),
    path("settings/security/codes/", security.security_codes, name="security-codes"),
    path(
        "settings/security/sessions/end/",
        security.security_sessions_end,
        name="security-sessions-end",
    ),
    path(
        "settings/security/sessions/<int:pk>/end/",
        security.security_session_end,
        name="security-session-end",
    ),
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
