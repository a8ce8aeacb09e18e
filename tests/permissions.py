"""Who gets which answer from which address: the one table, over every address.

Rows of the north; `south` works in another region and must get the answer that an
absent row gives. 302 of a POST is success, 302 of a GET leads to the sign-in or on.
A HEAD is answered as its GET. What no line speaks of is 405, behind the sign-in if the
address is; any method but these three is 405 for everybody.
An app and a passkey are set up with an answer from them, which nobody has here: 422.
The waves are open already, so nothing is overruled: 422.
Many tasks, or talks, at once are named by who ticked them, and here nobody did: 422.
Staff has a passkey. No provider is set up: 404.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.files.base import ContentFile

from regions.enums import Stage
from regions.models import User
from rollout.queries.closeouts import took_part
from rollout.queries.handover import moving_from
from tests.factories import NOW, make_procedure

Maker = Callable[[Any], Any]

ROLES = (
    "anonymous outsider cio hq auditor liaison manager staff helper south".split()  # noqa: SIM905
)
# Further people, each with the column that holds for them; `former` had a role until today.
LIKE = {"proofreader": "helper", "former": "outsider"}
# The same work in another region: as here, but for the rows of this one.
ELSEWHERE = {"south": "staff", "south_liaison": "liaison", "south_manager": "manager"}
SEE_ALL = {"cio", "hq", "auditor"}

# name, method, then the expected code in the order of ROLES
TABLE = """
rollout:home              GET   302  302  302  302  302  302  302  302  302  302
rollout:today             GET   302  403  200  200  200  200  403  403  403  403
rollout:my-tasks          GET   302  200  200  200  200  200  200  200  200  200
rollout:region-list       GET   302  200  200  200  200  200  302  302  302  302
rollout:region            GET   302  404  200  200  200  200  200  200  200  404
rollout:call-sheet        GET   302  404  200  200  200  200  404  404  404  404
rollout:call-sheet        POST  302  404  302  302  403  302  404  404  404  404
rollout:call-draft        POST  302  404  200  200  403  200  404  404  404  404
rollout:call-hand-over    GET   302  405  405  405  405  405  405  405  405  405
rollout:call-hand-over    POST  302  404  302  403  403  403  404  404  404  404
rollout:call-take-back    GET   302  405  405  405  405  405  405  405  405  405
rollout:call-take-back    POST  302  404  302  403  403  403  404  404  404  404
rollout:talk-book         GET   302  404  200  200  403  200  404  404  404  404
rollout:talk-book         POST  302  404  302  302  403  302  404  404  404  404
rollout:talk-cancel       POST  302  404  302  302  403  302  404  404  404  404
rollout:ceo-change        GET   302  404  200  200  403  403  403  403  403  404
rollout:ceo-change        POST  302  404  302  302  403  403  403  403  403  404
rollout:stance-list       GET   302  403  200  403  403  200  403  403  403  403
rollout:stance            GET   302  404  200  403  403  200  403  403  403  404
rollout:stance            POST  302  404  302  403  403  302  403  403  403  404
rollout:stance-withdraw   POST  302  404  302  404  404  302  404  404  404  404
rollout:ceo-manners       GET   302  404  200  403  403  200  403  403  403  404
rollout:ceo-manners       POST  302  404  302  403  403  302  403  403  403  404
rollout:go-live-move      GET   302  404  200  200  403  403  403  403  403  404
rollout:go-live-move      POST  302  404  302  302  403  403  403  403  403  404
rollout:wave-change       GET   302  404  200  200  403  403  403  403  403  404
rollout:wave-change       POST  302  404  302  302  403  403  403  403  403  404
rollout:plan-agree        POST  302  404  302  302  403  403  302  403  403  404
rollout:plan-disagree     POST  302  404  302  302  403  403  302  403  403  404
rollout:wave              GET   302  404  200  200  200  200  200  200  200  404
rollout:close-out         GET   302  404  200  200  403  403  403  403  403  403
rollout:close-out         POST  302  404  302  302  403  403  403  403  403  403
rollout:close-out-answer  GET   200  200  200  200  200  200  200  200  200  200
rollout:close-out-answer  POST  302  302  302  302  302  302  302  302  302  302
rollout:wave-open         POST  302  404  302  302  403  403  403  403  403  404
rollout:wave-overrule     POST  302  404  422  403  403  403  403  403  403  404
rollout:push              GET   302  404  200  200  403  403  403  403  403  403
rollout:push              POST  302  404  302  302  403  403  403  403  403  403
rollout:push-undo         POST  302  404  302  302  403  404  404  404  404  404
rollout:check-in-list     GET   302  403  200  200  200  200  403  403  403  403
rollout:check-in-move     GET   302  403  200  200  200  200  403  403  403  403
rollout:check-in-move     POST  302  403  422  422  422  422  403  403  403  403
rollout:check-in-leave-out POST 302  404  302  302  403  302  404  404  404  404
rollout:rhythm            GET   302  404  200  200  403  403  404  404  404  404
rollout:rhythm            POST  302  404  302  302  403  403  404  404  404  404
rollout:call-put-off      GET   302  404  200  200  403  200  404  404  404  404
rollout:call-put-off      POST  302  404  302  302  403  302  404  404  404  404
rollout:call-put-back     POST  302  404  403  403  403  302  404  404  404  404
rollout:wave-rhythm       GET   302  404  200  200  403  403  403  403  403  404
rollout:wave-rhythm       POST  302  404  302  302  403  403  403  403  403  404
rollout:contact-correct   GET   302  404  200  403  403  200  404  404  404  404
rollout:contact-correct   POST  302  404  302  403  403  302  404  404  404  404
rollout:contact-withdraw  POST  302  404  302  403  403  302  404  404  404  404
rollout:task              GET   302  404  200  200  200  200  200  200  200  404
rollout:task-attach       POST  302  404  302  302  403  302  302  302  403  404
rollout:task-complete     POST  302  404  302  302  403  302  302  302  403  404
rollout:task-start        POST  302  404  302  302  403  302  302  302  403  404
rollout:task-block        POST  302  404  302  302  403  302  302  302  403  404
rollout:task-reopen       POST  302  404  302  302  403  302  302  302  403  404
rollout:task-undo         POST  302  404  302  302  403  302  302  302  403  404
rollout:task-list         GET   302  200  200  200  200  200  200  200  200  200
rollout:task-export       GET   302  200  200  200  200  200  200  200  200  200
rollout:task-bulk         GET   302  200  200  200  200  200  200  200  200  200
rollout:task-bulk         POST  302  422  422  422  422  422  422  422  422  422
rollout:task-row          GET   302  404  200  200  403  200  200  403  403  404
rollout:task-row          POST  302  404  302  302  403  302  302  403  403  404
rollout:task-edit         GET   302  404  200  200  403  200  200  200  403  404
rollout:task-edit         POST  302  404  302  302  403  302  302  302  403  404
rollout:task-drop         POST  302  404  302  302  403  302  302  403  403  404
rollout:task-finding      GET   302  404  200  200  403  200  200  200  200  404
rollout:task-finding      POST  302  404  302  302  403  302  302  302  302  404
rollout:task-comment      POST  302  404  302  302  403  302  302  302  302  404
rollout:comment-withdraw  POST  302  404  403  403  403  403  403  302  403  404
rollout:checklist-add     POST  302  404  302  302  403  302  302  302  403  404
rollout:checklist-tick    POST  302  404  302  302  403  302  302  302  403  404
rollout:checklist-remove  POST  302  404  302  302  403  302  302  403  403  404
rollout:lesson-answer     POST  302  404  302  302  403  302  302  302  403  404
rollout:lesson-outcome    POST  302  404  302  302  403  302  302  302  403  404
rollout:lesson-undo       POST  302  404  302  302  403  302  302  302  403  404
rollout:booklet           GET   302  404  200  200  200  200  200  200  200  200
rollout:booklet-procedure GET   302  404  200  200  200  200  200  200  200  200
rollout:effect            GET   302  403  200  200  200  403  403  403  403  403
rollout:task-new          GET   302  404  200  200  403  200  200  403  403  404
rollout:task-new          POST  302  404  302  302  403  302  302  403  403  404
rollout:board             GET   302  302  302  302  302  302  302  302  302  302
rollout:region-board      GET   302  404  200  200  200  200  200  403  403  404
rollout:task-ask-date     GET   302  404  403  403  403  403  403  200  403  404
rollout:task-ask-date     POST  302  404  403  403  403  403  403  302  403  404
rollout:task-not-mine     GET   302  404  403  403  403  403  403  200  403  404
rollout:task-not-mine     POST  302  404  403  403  403  403  403  302  403  404
rollout:request           GET   302  404  200  200  200  200  200  200  200  404
rollout:request           POST  302  404  302  302  403  302  302  403  403  404
rollout:request-withdraw  POST  302  404  403  403  403  403  403  302  403  404
rollout:mailed-tasks      GET   200  200  200  200  200  200  200  200  200  200
rollout:mailed-tasks      POST  302  302  302  302  302  302  302  302  302  302
rollout:worker            GET   200  200  200  200  200  200  200  200  200  200
rollout:region-ask        GET   302  404  200  200  403  200  200  403  403  404
rollout:region-ask        POST  302  404  302  302  403  302  302  403  403  404
rollout:ask-list          GET   302  403  200  200  200  200  403  403  403  403
rollout:ask-start         GET   302  403  302  302  403  302  403  403  403  403
rollout:ask-new           GET   302  404  200  200  403  200  404  404  404  404
rollout:ask-new           POST  302  404  302  302  403  302  404  404  404  404
rollout:ask               GET   302  404  200  200  200  200  404  404  404  404
rollout:ask-settle        POST  302  404  302  302  403  302  404  404  404  404
rollout:ask-change        POST  302  404  302  302  403  302  404  404  404  404
rollout:ask-link          POST  302  404  302  302  403  302  404  404  404  404
rollout:ask-unlink        POST  302  404  302  302  403  302  404  404  404  404
rollout:region-brief      GET   302  404  200  200  403  200  404  404  404  404
rollout:region-brief      POST  302  404  302  302  403  302  404  404  404  404
rollout:brief-list        GET   302  403  200  200  200  200  403  403  403  403
rollout:brief             GET   302  404  200  200  200  200  404  404  404  404
rollout:brief             POST  302  404  302  302  403  302  404  404  404  404
rollout:brief-preview     GET   302  404  200  200  403  200  404  404  404  404
rollout:brief-html        GET   302  404  200  200  403  200  404  404  404  404
rollout:brief-pdf         GET   302  404  200  200  403  200  404  404  404  404
rollout:brief-send        POST  302  404  302  302  403  302  404  404  404  404
rollout:brief-withdraw    POST  302  404  302  302  403  302  404  404  404  404
rollout:brief-answer      GET   200  200  200  200  200  200  200  200  200  200
rollout:brief-answer      POST  200  200  200  200  200  200  200  200  200  200
rollout:clarification-list GET  302  200  200  200  200  200  200  200  200  200
rollout:clarification     GET   302  404  200  200  200  200  200  200  200  404
rollout:clarification-reply POST 302 404  403  403  403  403  403  302  403  404
rollout:clarification-again POST 302 404  302  302  403  302  302  403  403  404
rollout:clarification-confirm POST 302 404 403 403 403  302  403  302  403  404
rollout:clarification-withdraw POST 302 404 302 302 403 302  302  403  403  404
rollout:clarification-attach POST 302 404 302  302  403  302  302  403  403  404
rollout:appraisal         GET   302  404  200  200  403  403  200  200  403  404
rollout:person-list       GET   302  403  200  200  200  403  403  403  403  403
rollout:person            GET   302  403  200  200  200  403  403  403  403  403
rollout:person-invite     GET   302  403  403  200  403  403  403  403  403  403
rollout:person-invite     POST  302  403  403  302  403  403  403  403  403  403
rollout:person-edit       GET   302  403  403  200  403  403  403  403  403  403
rollout:person-edit       POST  302  403  403  302  403  403  403  403  403  403
rollout:person-invite-again POST 302 403  403  302  403  403  403  403  403  403
rollout:person-hand-over  GET   302  403  403  200  403  403  403  403  403  403
rollout:person-hand-over  POST  302  403  403  302  403  403  403  403  403  403
rollout:person-leave      GET   302  403  403  200  403  403  403  403  403  403
rollout:person-leave      POST  302  403  403  302  403  403  403  403  403  403
rollout:role-give         POST  302  403  403  302  403  403  403  403  403  403
rollout:role-end          GET   302  403  403  200  403  403  403  403  403  403
rollout:role-end          POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-plan      POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-change    GET   302  403  403  200  403  403  403  403  403  403
rollout:absence-change    POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-cancel    POST  302  403  403  302  403  403  403  403  403  403
rollout:hand-over-undo    POST  302  403  403  302  403  403  403  403  403  403
rollout:history           GET   302  403  200  200  200  403  403  403  403  403
rollout:history-export    GET   302  403  200  200  200  403  403  403  403  403
rollout:row-history       GET   302  404  200  200  200  200  200  200  200  404
rollout:act               GET   302  404  200  200  200  200  200  200  200  404
rollout:act-undo          POST  302  404  302  302  403  302  302  302  403  404
rollout:mail-list         GET   302  200  200  200  200  200  200  200  200  200
rollout:mail              GET   302  404  200  200  200  200  404  404  404  404
rollout:mail-resend       POST  302  404  403  302  403  403  404  404  404  404
rollout:mail-cancel       POST  302  404  403  302  403  403  404  404  404  404
rollout:preview-list      GET   302  403  403  200  403  403  403  403  403  403
rollout:preview           GET   302  403  403  200  403  403  403  403  403  403
rollout:preview-html      GET   302  403  403  200  403  403  403  403  403  403
rollout:settings          GET   302  200  200  200  200  200  200  200  200  200
rollout:settings          POST  302  302  302  302  302  302  302  302  302  302
rollout:settings-links    POST  302  302  302  302  302  302  302  302  302  302
rollout:settings-test     POST  302  302  302  302  302  302  302  302  302  302
rollout:feed-add          POST  302  302  302  302  302  302  302  302  302  302
rollout:feed-revoke       POST  302  404  404  404  404  404  404  302  404  404
rollout:calendar          GET   200  200  200  200  200  200  200  200  200  200
rollout:pause             GET   200  200  200  200  200  200  200  200  200  200
rollout:pause             POST  200  200  200  200  200  200  200  200  200  200
rollout:answers           GET   200  200  200  200  200  200  200  200  200  200
rollout:answers           POST  200  200  200  200  200  200  200  200  200  200
rollout:security          GET   302  200  200  200  200  200  200  200  200  200
rollout:security-app      GET   302  200  200  200  200  200  200  200  200  200
rollout:security-app      POST  302  422  422  422  422  422  422  422  422  422
rollout:security-remove   POST  302  302  302  302  302  302  302  302  302  302
rollout:security-passkey  GET   302  200  200  200  200  200  200  200  200  200
rollout:security-passkey  POST  302  422  422  422  422  422  422  422  422  422
rollout:security-passkey-begin POST 302 200 200 200 200  200  200  200  200  200
rollout:security-passkey-remove POST 302 404 404 404 404 404  404  302  404  404
rollout:security-codes    GET   302  404  404  404  404  404  404  200  404  200
rollout:security-codes    POST  302  302  302  302  302  302  302  302  302  302
rollout:security-session-end POST 302 404  404  404  404  404  404  302  404  404
rollout:security-sessions-end POST 302 302 302  302  302  302  302  302  302  302
rollout:health            GET   200  200  200  200  200  200  200  200  200  200
rollout:invitation        GET   200  200  200  200  200  200  200  200  200  200
rollout:invitation        POST  302  302  302  302  302  302  302  302  302  302
rollout:sign-in-ask       POST  200  200  200  200  200  200  200  200  200  200
rollout:sign-in           GET   200  200  200  200  200  200  200  200  200  200
rollout:sign-in           POST  302  302  302  302  302  302  302  302  302  302
regions:language          POST  302  302  302  302  302  302  302  302  302  302
regions:theme             POST  302  302  302  302  302  302  302  302  302  302
regions:file              GET   302  404  200  200  200  200  200  200  200  404
regions:file-content      GET   302  404  200  200  200  200  200  200  200  404
regions:file-download     GET   302  404  200  200  200  200  200  200  200  404
regions:file-preview      GET   302  404  200  200  200  200  200  200  200  404
regions:file-withdraw     POST  302  404  302  302  403  302  302  302  403  404
pilots:playbook           GET   302  200  200  200  200  200  200  200  200  200
pilots:procedure-add      GET   302  403  200  200  403  403  403  403  403  403
pilots:procedure-add      POST  302  403  302  302  403  403  403  403  403  403
pilots:version            GET   302  404  200  200  200  200  200  200  200  200
pilots:draft-open         POST  302  404  302  302  403  403  403  403  403  403
pilots:draft-discard      POST  302  404  302  302  403  404  404  404  404  404
pilots:publish            GET   302  404  200  200  403  404  404  404  404  404
pilots:publish            POST  302  404  302  302  403  404  404  404  404  404
pilots:step-add           GET   302  404  200  200  403  404  404  404  404  404
pilots:step-add           POST  302  404  302  302  403  404  404  404  404  404
pilots:step-edit          GET   302  404  200  200  403  404  404  404  404  404
pilots:step-edit          POST  302  404  302  302  403  404  404  404  404  404
pilots:step-remove        POST  302  404  302  302  403  404  404  404  404  404
pilots:step-move          POST  302  404  302  302  403  404  404  404  404  404
pilots:pilot              GET   302  404  200  200  200  200  200  200  200  200
pilots:pilot-edit         GET   302  404  200  200  403  403  403  403  403  403
pilots:pilot-edit         POST  302  404  302  302  403  403  403  403  403  403
pilots:criterion-add      GET   302  404  200  200  403  403  403  403  403  403
pilots:criterion-add      POST  302  404  302  302  403  403  403  403  403  403
pilots:criterion-edit     GET   302  404  200  200  403  403  403  403  403  403
pilots:criterion-edit     POST  302  404  302  302  403  403  403  403  403  403
pilots:criterion-remove   POST  302  404  302  302  403  403  403  403  403  403
pilots:finding-list       GET   302  404  200  200  200  200  200  200  200  200
pilots:finding-add        GET   302  403  200  200  403  200  200  200  200  200
pilots:finding-add        POST  302  403  302  302  403  302  302  302  302  302
pilots:finding            GET   302  404  200  200  200  200  404  404  404  404
pilots:finding-similar    GET   302  403  200  200  403  200  200  200  200  200
pilots:finding-edit       GET   302  404  200  200  403  403  404  404  404  404
pilots:finding-edit       POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-merge      POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-attach     POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-review     POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-adopt      POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-reject     POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-retire     POST  302  404  302  302  403  403  403  403  403  403
pilots:finding-reopen     POST  302  404  302  302  403  403  404  404  404  404
account_login             GET   200  302  302  302  302  302  302  302  302  302
account_login             POST  200  302  302  302  302  302  302  302  302  302
account_logout            GET   302  200  200  200  200  200  200  200  200  200
account_logout            POST  302  302  302  302  302  302  302  302  302  302
account_inactive          GET   200  200  200  200  200  200  200  200  200  200
account_reauthenticate    GET   302  403  403  403  403  403  403  302  403  302
account_reauthenticate    POST  302  403  403  403  403  403  403  302  403  302
account_change_password   GET   302  302  302  302  302  302  302  302  302  302
account_change_password   POST  302  302  302  302  302  302  302  302  302  302
passkey_sign_in           POST  302  302  302  302  302  302  302  302  302  302
passkey_begin             POST  200  200  200  200  200  200  200  200  200  200
mfa_reauthenticate_webauthn GET   302  403  403  403  403  403  403  200  403  200
mfa_reauthenticate_webauthn POST  302  403  403  403  403  403  403  422  403  422
openid_connect_login      POST  404  404  404  404  404  404  404  404  404  404
openid_connect_callback   GET   404  404  404  404  404  404  404  404  404  404
mfa_authenticate          GET   302  302  302  302  302  302  302  302  302  302
mfa_authenticate          POST  302  302  302  302  302  302  302  302  302  302
mfa_reauthenticate        GET   302  403  403  403  403  403  403  200  403  200
mfa_reauthenticate        POST  302  403  403  403  403  403  403  200  403  200
account_set_password      GET   302  200  200  200  200  200  200  200  200  200
account_set_password      POST  302  302  302  302  302  302  302  302  302  302
"""

# People are looked after by headquarters, whatever their region.
OF_PEOPLE = {
    "rollout:person", "rollout:person-edit", "rollout:person-invite-again",
    "rollout:person-hand-over", "rollout:person-leave", "rollout:role-give",
    "rollout:role-end", "rollout:absence-plan", "rollout:absence-change",
    "rollout:absence-cancel", "rollout:hand-over-undo",
}  # fmt: skip
# Open without a session.
OPEN = {
    "rollout:health", "rollout:pause", "rollout:mailed-tasks", "rollout:worker", "rollout:invitation", "rollout:sign-in-ask", "rollout:sign-in",
    "rollout:answers", "rollout:brief-answer", "rollout:close-out-answer", "rollout:calendar", "regions:language",
    "regions:theme", "account_login", "account_inactive",
    "passkey_sign_in", "passkey_begin", "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
# What stands in the address belongs to no region: who may see one sees the other's too.
OF_ALL = {
    "pilots:procedure-add", "pilots:version", "pilots:draft-open", "pilots:draft-discard",
    "pilots:publish", "pilots:step-add", "pilots:step-edit", "pilots:step-remove",
    "pilots:step-move",
    "pilots:pilot", "pilots:pilot-edit", "pilots:criterion-add",
    "pilots:criterion-edit", "pilots:criterion-remove", "rollout:booklet-procedure",
    "pilots:finding", "pilots:finding-edit", "pilots:finding-merge", "pilots:finding-review", "pilots:finding-adopt",
    "pilots:finding-attach", "pilots:finding-reject", "pilots:finding-retire", "pilots:finding-reopen",
    "rollout:preview", "rollout:preview-html", "rollout:pause", "rollout:sign-in",
    "rollout:invitation", "rollout:mailed-tasks", *OF_PEOPLE,
    "rollout:answers", "rollout:brief-answer", "rollout:close-out",
    "rollout:close-out-answer", "rollout:calendar", *OF_PEOPLE,
    "rollout:push",
}  # fmt: skip
# The role is asked for before the row: its refusal says nothing about the row.
ROLE_FIRST = {"rollout:preview", "rollout:preview-html", *OF_PEOPLE}
# The answer to a row that is not there, where it is not 404.
ABSENT = {
    "rollout:pause": 410,
    "rollout:sign-in": 410,
    "rollout:invitation": 410,
    "rollout:mailed-tasks": 410,
    "rollout:answers": 410,
    "rollout:close-out-answer": 410,
    "rollout:brief-answer": 410,
}
# Nobody here has a password, a code or a finger to give again, or another sign-in.
NOBODY_SUCCEEDS = {
    # The waves here are open; `tests/rollout/test_openings.py` overrules one.
    "rollout:wave-overrule",
    # Nobody here ticked a talk; `tests/rollout/test_checkins.py` does.
    "rollout:check-in-move",
    "openid_connect_login",
    "openid_connect_callback",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}

# The admin by pattern: what headquarters gets to a GET and to a POST. Whoever else is
# signed in gets 403, whoever is not is led to the sign-in.
ADMIN = """
index             200  200
login             302  302
logout            302  302
password_change   302  302
password_change_done 200 405
jsi18n            200  405
autocomplete      200  405
view_on_site      404  404
app_list          200  200
catch-all         404  404
changelist        200  200
export            200  405
add               200  302
change            200  302
delete            200  302
history           200  405
short             302  302
"""
LEDGERS = [
    "regions.historyentry", "rollout.breaker", "rollout.duty", "rollout.heartbeat",
    "rollout.mail", "rollout.mailevent", "rollout.handover", "regions.absence",
    "rollout.taskrequest",
    "regions.sending",
]  # fmt: skip
READ_ONLY = [
    *LEDGERS, "regions.attachment", "regions.contact", "rollout.brief", "rollout.clarification",
]  # fmt: skip
KEPT = [
    "regions.ask", "regions.attachment", "regions.checkin", "regions.contact", "regions.region",
    "regions.rhythm", "regions.user", "rollout.brief", "rollout.clarification", "rollout.plan", *LEDGERS,
]  # fmt: skip
# A new row is filled in as one that is there, but for what has to be its own; `other` are
# rows of which none shares anything with it.
ADDED: dict[str, Maker] = {
    "pilots.finding": lambda other: {"title": "A new one"},
    "pilots.pilot": lambda other: {"name": "A new one"},
    "pilots.procedure": lambda other: {"name": "A new one"},
    "pilots.step": lambda other: {
        "procedure": make_procedure(
            other["regions.programme"], "Draft", published_at=None
        ).pk,
        "title": "A new one",
        "offset_days": "-7",
    },
    "regions.blackout": lambda other: {"reason": "A new one"},
    "regions.checkin": lambda other: {"programme": other["regions.programme"].pk},
    "regions.holiday": lambda other: {"day_date": "2027-08-08"},
    "regions.membership": lambda other: {"user": other["regions.user"].pk},
    "regions.programme": lambda other: {"code": "NEW"},
    "regions.region": lambda other: {"code": "NEW"},
    "regions.regionalceo": lambda other: {
        "user": other["regions.user"].pk,
        "region": other["free"].pk,
        "from_date": "2027-03-10",
    },
    "regions.rhythm": lambda other: {"programme": other["regions.programme"].pk},
    "regions.user": lambda other: {"email": "new@example.org"},
    "rollout.plan": lambda other: {"region": other["free"].pk},
    "rollout.wave": lambda other: {"name": "A new one"},
}
ADMIN_EXCEPTIONS: dict[tuple[str, str], tuple[int, int]] = {
    **{(label, "add"): (403, 403) for label in READ_ONLY},
    **{(label, "change"): (200, 403) for label in READ_ONLY},
    **{(label, "history"): (404, 404) for label in LEDGERS},
    **{(label, "delete"): (403, 403) for label in KEPT},
    # What is published; drafts are saved in tests/pilots/test_admin.py.
    **{(label, "change"): (200, 403) for label in ("pilots.procedure", "pilots.step")},
}


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PEOPLE = (*ROLES, *LIKE, *(role for role in ELSEWHERE if role not in ROLES))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    method: str
    codes: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


STEP = {
    "kind": "work",
    "role": "region",
    "offset_days": "-9",
    "offset_unit": "day",
}


def who_took_part(made: Any) -> list[int]:
    """As headquarters is offered them."""
    reader = User.objects.get(email="hq@example.org")
    reader.as_of = NOW
    return [one.pk for one in took_part(made.pilot, reader)]


def rows() -> list[Row]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        Row(name, method, dict(zip(ROLES, map(int, codes), strict=True)))
        for name, method, *codes in lines
    ]


def codes(name: str, method: str) -> dict[str, int]:
    """What everybody gets for a row of the north, by role."""
    if method not in ("GET", "HEAD", "POST"):
        return dict.fromkeys(PEOPLE, 405)
    line = _lines().get((name, "GET" if method == "HEAD" else method))
    if line is None:
        line = dict.fromkeys(ROLES, 405)
        line |= {} if name in OPEN else {"anonymous": 302}
    found = line | {role: line[column] for role, column in LIKE.items()}
    for role, here in ELSEWHERE.items():
        # Of a row, what one may not even see; else the same as here.
        hidden = name in ARGS and name not in OF_ALL and line[here] != 405
        found.setdefault(role, 404 if hidden else line[here])
    return found


def codes_elsewhere(name: str, method: str) -> dict[str, int]:
    """The same for a row of the south: whose row it is has changed, nothing else."""
    here, gone = codes(name, method), codes_of_absent(name, method)
    if name in OF_ALL:
        return here
    theirs = {role: here[column] for role, column in ELSEWHERE.items()}
    return {
        role: here[role] if role in SEE_ALL else gone[role] for role in here
    } | theirs


def codes_of_absent(name: str, method: str) -> dict[str, int]:
    """The same for a row that never was."""
    gone = ABSENT.get(name, 404)
    return {
        role: code if _says_nothing_of_the_row(name, role, code) else gone
        for role, code in codes(name, method).items()
    }


def _says_nothing_of_the_row(name: str, role: str, code: int) -> bool:
    """This answer is given before the row is looked for."""
    if role == "anonymous" and name not in OPEN:
        return True
    # Who may see people learns first whether there is one.
    sees_rows = name in OF_PEOPLE and role in SEE_ALL
    return code == 405 or (code == 403 and name in ROLE_FIRST and not sees_rows)


@cache
def _lines() -> dict[tuple[str, str], dict[str, int]]:
    return {(row.name, row.method): row.codes for row in rows()}


# What an address needs besides its name: its arguments, and what is posted to it. Each is
# given the rows that the test made.
ARGS: dict[str, Maker] = {
    "rollout:region": lambda made: [made.region.code],
    "rollout:call-sheet": lambda made: [made.region.code],
    "rollout:call-draft": lambda made: [made.region.code],
    "rollout:call-hand-over": lambda made: [made.region.code],
    "rollout:call-take-back": lambda made: [made.region.code],
    "rollout:talk-book": lambda made: [made.region.code],
    "rollout:talk-cancel": lambda made: [made.region.code],
    "rollout:feed-revoke": lambda made: [made.feed.pk],
    "rollout:calendar": lambda made: [made.calendar],
    "rollout:ceo-change": lambda made: [made.region.code],
    "rollout:stance": lambda made: [made.region.code],
    "rollout:stance-withdraw": lambda made: [made.stance.pk],
    "rollout:ceo-manners": lambda made: [made.region.code],
    "rollout:go-live-move": lambda made: [made.region.code],
    "rollout:wave-change": lambda made: [made.region.code],
    "rollout:plan-agree": lambda made: [made.region.code],
    "rollout:plan-disagree": lambda made: [made.region.code],
    "rollout:close-out": lambda made: [made.pilot.pk],
    "rollout:close-out-answer": lambda made: [made.close_out],
    "rollout:wave": lambda made: [made.wave.pk],
    "rollout:wave-open": lambda made: [made.wave.pk],
    "rollout:wave-overrule": lambda made: [made.wave.pk],
    "pilots:version": lambda made: [made.step.procedure_id],
    "pilots:draft-open": lambda made: [made.step.procedure_id],
    "pilots:draft-discard": lambda made: [made.next_version.pk],
    "pilots:publish": lambda made: [made.next_version.pk],
    "pilots:step-add": lambda made: [made.next_version.pk],
    "pilots:step-edit": lambda made: [made.next_step.pk],
    "pilots:step-remove": lambda made: [made.next_step.pk],
    "pilots:step-move": lambda made: [made.next_step.pk],
    "rollout:push": lambda made: [made.later.pk],
    "rollout:push-undo": lambda made: [made.push.pk],
    "pilots:pilot": lambda made: [made.pilot.pk],
    "pilots:pilot-edit": lambda made: [made.pilot.pk],
    "pilots:criterion-add": lambda made: [made.pilot.pk],
    "pilots:criterion-edit": lambda made: [made.criterion.pk],
    "pilots:criterion-remove": lambda made: [made.criterion.pk],
    "rollout:check-in-leave-out": lambda made: [made.booked.pk],
    "rollout:rhythm": lambda made: [made.rhythm.pk],
    "rollout:call-put-off": lambda made: [made.rhythm.pk],
    "rollout:call-put-back": lambda made: [made.snooze.pk],
    "rollout:wave-rhythm": lambda made: [made.plan.wave_id],
    "rollout:contact-correct": lambda made: [made.contact.pk],
    "rollout:contact-withdraw": lambda made: [made.contact.pk],
    "rollout:task": lambda made: [made.task.pk],
    "rollout:task-attach": lambda made: [made.task.pk],
    "rollout:task-complete": lambda made: [made.task.pk],
    "rollout:task-start": lambda made: [made.task.pk],
    "rollout:task-block": lambda made: [made.task.pk],
    "rollout:task-reopen": lambda made: [made.blocked.pk],
    "rollout:task-undo": lambda made: [made.changed.pk],
    "rollout:task-row": lambda made: [made.task.pk],
    "rollout:task-edit": lambda made: [made.task.pk],
    "rollout:task-drop": lambda made: [made.task.pk],
    "rollout:task-comment": lambda made: [made.task.pk],
    "rollout:task-finding": lambda made: [made.task.pk],
    "rollout:comment-withdraw": lambda made: [made.comment.pk],
    "rollout:checklist-add": lambda made: [made.task.pk],
    "rollout:checklist-tick": lambda made: [made.item.pk],
    "rollout:checklist-remove": lambda made: [made.item.pk],
    "rollout:lesson-answer": lambda made: [made.lesson.pk, made.adopted.pk],
    "rollout:lesson-outcome": lambda made: [made.use.pk],
    "rollout:lesson-undo": lambda made: [made.use.pk],
    "rollout:task-new": lambda made: [made.region.code],
    "rollout:region-board": lambda made: [made.region.code],
    "rollout:task-ask-date": lambda made: [made.task.pk],
    "rollout:task-not-mine": lambda made: [made.task.pk],
    "rollout:request": lambda made: [made.request.pk],
    "rollout:request-withdraw": lambda made: [made.request.pk],
    "rollout:mailed-tasks": lambda made: [made.mailed],
    "rollout:region-ask": lambda made: [made.region.code],
    "rollout:ask-new": lambda made: [made.region.code],
    "rollout:ask": lambda made: [made.ask.pk],
    "rollout:ask-settle": lambda made: [made.ask.pk],
    "rollout:ask-change": lambda made: [made.ask.pk],
    "rollout:ask-link": lambda made: [made.ask.pk],
    "rollout:ask-unlink": lambda made: [made.ask.pk],
    "rollout:clarification": lambda made: [made.asked.pk],
    "rollout:clarification-reply": lambda made: [made.asked.pk],
    "rollout:clarification-again": lambda made: [made.asked.pk],
    "rollout:clarification-confirm": lambda made: [made.answered.pk],
    "rollout:clarification-withdraw": lambda made: [made.asked.pk],
    "rollout:clarification-attach": lambda made: [made.asked.pk],
    "rollout:answers": lambda made: [made.answers],
    "rollout:region-brief": lambda made: [made.region.code],
    "rollout:brief": lambda made: [made.draft.pk],
    "rollout:brief-preview": lambda made: [made.draft.pk],
    "rollout:brief-html": lambda made: [made.draft.pk],
    "rollout:booklet-procedure": lambda made: [made.adopted.step.procedure_id],
    "rollout:brief-pdf": lambda made: [made.brief.pk],
    "rollout:brief-send": lambda made: [made.draft.pk],
    "rollout:brief-withdraw": lambda made: [made.brief.pk],
    "rollout:brief-answer": lambda made: [made.brief_link],
    "rollout:appraisal": lambda made: [made.member.pk],
    "rollout:person": lambda made: [made.person.pk],
    "rollout:person-edit": lambda made: [made.person.pk],
    "rollout:person-invite-again": lambda made: [made.person.pk],
    "rollout:person-hand-over": lambda made: [made.person.pk],
    "rollout:person-leave": lambda made: [made.person.pk],
    "rollout:role-give": lambda made: [made.person.pk],
    "rollout:role-end": lambda made: [made.role.pk],
    "rollout:absence-plan": lambda made: [made.person.pk],
    "rollout:absence-change": lambda made: [made.absence.pk],
    "rollout:absence-cancel": lambda made: [made.absence.pk],
    "rollout:hand-over-undo": lambda made: [made.handover.pk],
    "rollout:invitation": lambda made: [made.invitation],
    "rollout:row-history": lambda made: ["task", made.changed.pk],
    "rollout:act": lambda made: [made.act],
    "rollout:act-undo": lambda made: [made.act],
    "rollout:mail": lambda made: [made.mail.pk],
    "rollout:mail-resend": lambda made: [made.mail.pk],
    "rollout:mail-cancel": lambda made: [made.mail.pk],
    "rollout:preview": lambda made: ["check_in"],
    "rollout:preview-html": lambda made: ["check_in"],
    "rollout:pause": lambda made: [made.pause],
    "rollout:sign-in": lambda made: [made.token],
    "regions:file": lambda made: [made.file.pk],
    "regions:file-content": lambda made: [made.file.pk],
    "regions:file-download": lambda made: [made.file.pk],
    "regions:file-preview": lambda made: [made.file.pk],
    "regions:file-withdraw": lambda made: [made.file.pk],
    "rollout:security-session-end": lambda made: [made.session.pk],
    "rollout:security-passkey-remove": lambda made: [made.passkey.pk],
    "pilots:finding": lambda made: [made.proposed.pk],
    "pilots:finding-attach": lambda made: [made.proposed.pk],
    "pilots:finding-edit": lambda made: [made.proposed.pk],
    "pilots:finding-merge": lambda made: [made.proposed.pk],
    "pilots:finding-review": lambda made: [made.proposed.pk],
    "pilots:finding-adopt": lambda made: [made.reviewed.pk],
    "pilots:finding-reject": lambda made: [made.proposed.pk],
    "pilots:finding-retire": lambda made: [made.adopted.pk],
    "pilots:finding-reopen": lambda made: [made.rejected.pk],
}
SETTINGS = {
    "planned_mail": "mondays",
    "quiet_from_time": "20:00",
    "quiet_to_time": "08:00",
    "language": "en",
    "time_zone": "UTC",
}
PERSON = {"name": "Somebody", "language": "en", "time_zone": "UTC"}
TASK = {"title": "Do it", "kind": "work", "remaining_hours": "3.5"}
DAYS = {"from_date": "2027-03-15", "last_date": "2027-03-19"}
TALK = {"outcome": "reached", "minutes": "15", "answer": "yes", "felt": "same"}
RHYTHM = {
    **{f"{stage}_ideal": "5" for stage in Stage},
    **{f"{stage}_longest": "9" for stage in Stage},
    "lead_weeks": "6",
}
BODIES: dict[str, Maker] = {
    "rollout:push": lambda made: {**made.push_seen, "all": "1"},
    "rollout:check-in-leave-out": lambda made: {
        "version": made.booked.version,
        "reason": "He travels",
    },
    "rollout:rhythm": lambda made: {
        **RHYTHM,
        "caller": "usual",
        "version": made.rhythm.version,
    },
    "rollout:call-put-off": lambda made: {
        "until": "2027-03-15",
        "reason": "He travels",
    },
    "rollout:wave-rhythm": lambda made: {
        **RHYTHM,
        "version": 1,
        "told": made.rhythm_seen,
    },
    "rollout:region-ask": lambda made: {
        "key": made.key,
        "question": "Who signs credit notes?",
        "name": "Somebody",
        "email": "new@example.org",
    },
    "rollout:ask-new": lambda made: {
        "key": made.key,
        "programme": made.plan.programme_id,
        "of": "ceo",
        "kind": "people",
        "text": "name a tester",
    },
    "rollout:ask-settle": lambda made: {"version": made.ask.version, "state": "done"},
    "rollout:ask-change": lambda made: {
        "version": made.ask.version,
        "kind": "people",
        "text": "name two testers",
    },
    "rollout:ask-link": lambda made: {"task": made.blocked.pk},
    "rollout:ask-unlink": lambda made: {
        "task": made.waiting.pk,
        "version": made.waiting.version,
    },
    "rollout:region-brief": lambda made: {
        "key": made.key,
        "ask": "new",
        "due_date": "2027-03-24",
    },
    "rollout:brief": lambda made: {
        "version": made.draft.version,
        "need": "Name one",
        "due_date": "2027-03-24",
    },
    "rollout:brief-send": lambda made: {"version": made.draft.version},
    "rollout:brief-withdraw": lambda made: {"version": made.brief.version},
    "rollout:brief-answer": lambda made: {"answer": "yes"},
    "rollout:clarification-reply": lambda made: {
        "question": made.asked.pk,
        "said": "right",
    },
    "rollout:clarification-again": lambda made: {
        "question": "Who signs credit notes?",
        "version": made.asked.version,
    },
    "rollout:clarification-confirm": lambda made: {"version": made.answered.version},
    "rollout:clarification-withdraw": lambda made: {"version": made.asked.version},
    "rollout:clarification-attach": lambda made: {
        "new-file": ContentFile(b"read", "a.txt")
    },
    "rollout:answers": lambda made: {
        "question": made.asked.pk,
        "said": "right",
    },
    "rollout:person-invite": lambda made: {
        **PERSON,
        "key": made.key,
        "email": "new@example.org",
        "role": "auditor",
        "from_date": "2027-03-10",
    },
    "rollout:person-edit": lambda made: {**PERSON, "version": made.person.version},
    "rollout:person-invite-again": lambda made: {"version": made.person.version},
    "rollout:person-hand-over": lambda made: {
        "taker": made.other.pk,
        "seen": moving_from(made.person, NOW).seen,
    },
    "rollout:person-leave": lambda made: {"version": made.person.version},
    "rollout:role-give": lambda made: {
        "key": made.key,
        "role": "auditor",
        "from_date": "2027-03-10",
    },
    "rollout:role-end": lambda made: {
        "to_date": "2027-03-10",
        "version": made.role.version,
    },
    "rollout:absence-plan": lambda made: {**DAYS, "key": made.key},
    "rollout:absence-change": lambda made: {**DAYS, "version": made.absence.version},
    "rollout:absence-cancel": lambda made: {"version": made.absence.version},
    "rollout:call-sheet": lambda made: {**TALK, "key": made.key},
    "rollout:call-draft": lambda made: {**TALK, "key": made.key},
    "rollout:call-hand-over": lambda made: {"version": made.rhythm.version},
    "rollout:call-take-back": lambda made: {"version": made.rhythm.version},
    "rollout:talk-book": lambda made: {
        "slot": "2027-03-12T10:00",
        "minutes": "15",
        "channel": "phone",
        "version": made.booked.version,
    },
    "rollout:talk-cancel": lambda made: {
        "reason": "on leave",
        "version": made.booked.version,
    },
    "rollout:feed-add": lambda made: {"key": made.key, "device": "Phone"},
    "rollout:ceo-change": lambda made: {
        "key": made.key,
        "seen": made.rhythm.ceo_id,
        "who": "known",
        "person": made.other.pk,
        "from_date": "2027-03-10",
    },
    "rollout:stance": lambda made: {
        "key": made.key,
        "seen": made.stance.pk,
        "current": "supportive",
        "wanted": "leading",
        "sentence": "Named a data owner",
    },
    "rollout:stance-withdraw": lambda made: {"version": made.stance.version},
    "rollout:ceo-manners": lambda made: {
        "address_as": "Director",
        "version": made.rhythm.ceo.version,
    },
    "rollout:go-live-move": lambda made: {
        "to": "2027-05-17",
        "told": "2027-05-17",
        "reason": "no testers",
        "version": made.plan.version,
    },
    "rollout:wave-change": lambda made: {
        "name": "On its own",
        "told": "None On its own",
        "reason": "no testers",
        "version": made.plan.version,
    },
    "rollout:plan-agree": lambda made: {"version": made.plan.version},
    "rollout:plan-disagree": lambda made: {"version": made.plan.version},
    "rollout:close-out": lambda made: {
        "key": made.key,
        "people": who_took_part(made),
    },
    "rollout:close-out-answer": lambda made: {"text": "The dry run"},
    "rollout:wave-open": lambda made: {"version": made.wave.version},
    "rollout:wave-overrule": lambda made: {
        "version": made.wave.version,
        "reason": "It cannot wait",
    },
    "pilots:procedure-add": lambda made: {"key": made.key, "name": "Close the books"},
    "pilots:draft-discard": lambda made: {"version": made.next_version.version},
    "pilots:publish": lambda made: {"version": made.next_version.version},
    "pilots:step-add": lambda made: {"key": made.key, "title": "Another", **STEP},
    "pilots:step-edit": lambda made: {
        "version": made.next_step.version,
        "title": "Otherwise",
        **STEP,
    },
    "pilots:step-remove": lambda made: {"version": made.next_step.version},
    "pilots:step-move": lambda made: {
        "version": made.next_step.version,
        "to": "up",
    },
    "pilots:pilot-edit": lambda made: {
        "version": made.pilot.version,
        "scope": "Three companies",
    },
    "pilots:criterion-add": lambda made: {
        "key": made.key,
        "metric": "Another",
        "direction": "at_most",
        "target": "3",
    },
    "pilots:criterion-edit": lambda made: {
        "metric": "Another",
        "direction": "at_most",
        "target": "3",
        "version": made.criterion.version,
    },
    "pilots:criterion-remove": lambda made: {"version": made.criterion.version},
    "rollout:contact-correct": lambda made: {
        **TALK,
        "minutes": "20",
        "key": made.contact.key,
        "version": made.contact.version,
    },
    "rollout:task-attach": lambda made: {"new-file": ContentFile(b"done", "a.txt")},
    "pilots:finding-attach": lambda made: {"new-file": ContentFile(b"read", "a.txt")},
    "rollout:contact-withdraw": lambda made: {"version": made.contact.version},
    "rollout:task-complete": lambda made: {"version": made.task.version},
    "rollout:task-start": lambda made: {"version": made.task.version},
    "rollout:task-block": lambda made: {"version": made.task.version, "reason": "data"},
    "rollout:task-reopen": lambda made: {"version": made.blocked.version},
    "rollout:task-row": lambda made: {
        "version": made.task.version,
        "due_date": made.task.due_date.isoformat(),
        "state": "started",
    },
    "rollout:task-edit": lambda made: {
        **TASK,
        "version": made.task.version,
        "due_date": made.task.due_date.isoformat(),
    },
    "rollout:task-drop": lambda made: {
        "version": made.task.version,
        "reason": "no longer needed",
    },
    "rollout:task-comment": lambda made: {"key": made.key, "text": "Half done"},
    "rollout:checklist-add": lambda made: {"key": made.key, "title": "One more"},
    "rollout:checklist-tick": lambda made: {"done": "1"},
    "rollout:lesson-answer": lambda made: {"answer": "used"},
    "rollout:lesson-outcome": lambda made: {
        "outcome": "came_back",
        "version": made.use.version,
    },
    "rollout:lesson-undo": lambda made: {"version": made.use.version},
    "rollout:task-new": lambda made: {
        **TASK,
        "key": made.key,
        "plan": made.plan.pk,
        "due_date": "2027-04-01",
    },
    "rollout:task-ask-date": lambda made: {"wished": "2027-04-09", "reason": "late"},
    "rollout:request": lambda made: {
        "version": made.request.version,
        "to": "2027-04-09",
    },
    "rollout:request-withdraw": lambda made: {"version": made.request.version},
    "rollout:mailed-tasks": lambda made: {
        "act": "done",
        "task": made.task.pk,
        "version": made.task.version,
    },
    "rollout:settings": lambda made: {**SETTINGS, "version": 1},
    "rollout:pause": lambda made: {"choice": "week"},
    "rollout:sign-in-ask": lambda made: {"email": "staff.north@example.org"},
    "regions:language": lambda made: {"language": "zh-hans"},
    "regions:theme": lambda made: {"theme": "dark"},
    "pilots:finding-add": lambda made: {
        "key": made.key,
        "kind": "lesson",
        "area": "data",
        "title": "A new one",
    },
    "rollout:task-finding": lambda made: {
        "key": made.key,
        "kind": "lesson",
        "area": "data",
        "title": "A new one",
    },
    "pilots:finding-edit": lambda made: {
        "kind": "lesson",
        "area": "data",
        "title": "A new one",
        "version": made.proposed.version,
    },
    "pilots:finding-merge": lambda made: {
        "version": made.proposed.version,
        "into": made.reviewed.pk,
    },
    "pilots:finding-review": lambda made: {"version": made.proposed.version},
    "pilots:finding-adopt": lambda made: {
        "version": made.reviewed.version,
        "step": made.step.pk,
    },
    "pilots:finding-reject": lambda made: {
        "version": made.proposed.version,
        "reason": "heard once only",
    },
    "pilots:finding-retire": lambda made: {"version": made.adopted.version},
    "pilots:finding-reopen": lambda made: {"version": made.rejected.version},
    "account_login": lambda made: {"login": made.member.email, "password": "no"},
    "account_set_password": lambda made: {
        "password1": "correct horse",
        "password2": "correct horse",
    },
}
