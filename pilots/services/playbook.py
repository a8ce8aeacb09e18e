"""Writing the playbook: a draft of the next version, its steps, and publishing it.

What is published never changes, neither the version nor its steps: every change begins with
a draft. The database refuses the rest (migration 0005 of this app).

A change of its steps is one of the draft: who publishes it, publishes what he has seen.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.changes import FIELDS, changes_between
from pilots.models import Procedure, Step, StepLink
from pilots.ordering import all_before
from regions import history
from regions.history import Act
from regions.models import Programme


class CannotKeepPlaybook(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is published already, a draft exists, or the steps contradict each other."""


@transaction.atomic
def begin_procedure(programme: Programme, name: str, *, act: Act) -> Procedure:
    """The draft of a procedure that does not exist yet. Raises CannotKeepPlaybook."""
    rows = Procedure.objects.filter(programme=programme)
    if rows.filter(name=name).exists():
        raise CannotKeepPlaybook(_("A procedure has this name already."))
    last = rows.order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    return history.create(
        Procedure(programme=programme, name=name, position=position), act
    )


@transaction.atomic
def open_draft(published: Procedure, *, act: Act) -> Procedure:
    """The next version, which begins as a copy of the newest. Raises CannotKeepPlaybook."""
    history.lock(Procedure.objects.all(), published.pk)
    versions = Procedure.objects.filter(
        programme=published.programme_id, name=published.name
    )
    if versions.filter(published_at=None).exists():
        raise CannotKeepPlaybook(_("A draft of the next version exists already."))
    newest = versions.latest("number")
    draft = Procedure(
        programme=newest.programme,
        name=newest.name,
        number=newest.number + 1,
        position=newest.position,
    )
    history.create(draft, act)
    _copy_steps(newest, draft, act)
    return draft


def _copy_steps(source: Procedure, draft: Procedure, act: Act) -> None:
    steps = list(source.steps.order_by("position", "id"))
    copies = [
        Step(
            procedure=draft,
            key=step.key,
            position=step.position,
            **{name: getattr(step, name) for name in FIELDS},
        )
        for step in steps
    ]
    history.create_all(copies, act)
    by_old = {step.pk: copy for step, copy in zip(steps, copies, strict=True)}
    links = StepLink.objects.filter(step__in=steps)
    history.create_all(
        [StepLink(step=by_old[x.step_id], before=by_old[x.before_id]) for x in links],
        act,
    )


@transaction.atomic
def discard_draft(draft: Procedure, *, version: int, act: Act) -> None:
    """Give the next version up; what it said stays in the history.

    Raises CannotKeepPlaybook and EditedMeanwhile.
    """
    row = _draft(draft, version)
    for step in row.steps.all():
        _delete_step(step, act)
    history.delete(row, act)


@transaction.atomic
def publish(draft: Procedure, *, version: int, act: Act) -> Procedure:
    """From now on plans are made from this version, and it never changes.

    Raises CannotKeepPlaybook and EditedMeanwhile.
    """
    row = _draft(draft, version)
    steps = list(row.steps.prefetch_related("predecessors"))
    if not steps:
        raise CannotKeepPlaybook(_("A version without steps says nothing."))
    former = Procedure.objects.newest().filter(
        programme=row.programme_id, name=row.name
    )
    before = Step.objects.filter(procedure__in=former).prefetch_related("predecessors")
    if former.exists() and not changes_between(before, steps):
        raise CannotKeepPlaybook(_("It says the same as the version before."))
    history.change(row, {"published_at": act.at, "published_by": act.by}, act)
    return row


@transaction.atomic
def add_step(
    draft: Procedure,
    values: Mapping[str, Any],
    *,
    act: Act,
    after: Collection[Step] = (),
) -> Step:
    """One more step, at the end of a draft unless it says where. Raises CannotKeepPlaybook."""
    row = _draft(draft)
    _insist_on_another(row, values["title"])
    last = row.steps.order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    values = {"position": position, **values}
    step = history.create(Step(procedure=row, **values), act)
    _set_order(step, after, act)
    history.touch(row)
    return step


@transaction.atomic
def edit_step(
    step: Step,
    values: Mapping[str, Any],
    *,
    version: int,
    act: Act,
    after: Collection[Step] | None = None,
) -> Step:
    """What a step of a draft says, and what it comes after where `after` is given.

    Raises CannotKeepPlaybook and EditedMeanwhile.
    """
    draft = _draft(step.procedure)
    row = history.lock(Step.objects.select_related("procedure"), step.pk, version)
    _insist_on_another(draft, values.get("title", row.title), row.pk)
    before = row.version
    history.change(row, values, act)
    if after is not None:
        _set_order(row, after, act)
    if row.version != before:
        history.touch(draft)
    return row


@transaction.atomic
def remove_step(step: Step, *, version: int, act: Act) -> None:
    """Take a step out of a draft. Raises CannotKeepPlaybook and EditedMeanwhile."""
    draft = _draft(step.procedure)
    _delete_step(history.lock(Step.objects.all(), step.pk, version), act)
    history.touch(draft)


@transaction.atomic
def move_step(step: Step, *, up: bool, version: int, act: Act) -> None:
    """Change places with the step before, or the one after; at the edge nothing happens.

    Raises CannotKeepPlaybook and EditedMeanwhile.
    """
    draft = _draft(step.procedure)
    row = history.lock(Step.objects.all(), step.pk, version)
    order = list(draft.steps.order_by("position", "id"))
    at = order.index(row)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    history.change_all(
        ((one, {"position": place}) for place, one in enumerate(order)), act
    )


def _delete_step(step: Step, act: Act) -> None:
    if step.findings.exists():
        said = _("Findings concern “%(title)s”. Tie them to another step first.")
        raise CannotKeepPlaybook(said % {"title": step.title})
    links = StepLink.objects.filter(step=step) | StepLink.objects.filter(before=step)
    for link in links:
        history.delete(link, act)
    history.delete(step, act)


def _draft(procedure: Procedure, version: int | None = None) -> Procedure:
    """Locked, so that it is not published meanwhile."""
    rows = Procedure.objects.select_related("programme")
    row = history.lock(rows, procedure.pk, version)
    if not row.is_draft:
        raise CannotKeepPlaybook(
            _("This version is published. Changes go into the next one.")
        )
    return row


def _insist_on_another(draft: Procedure, title: str, but: int = 0) -> None:
    if draft.steps.filter(title=title).exclude(pk=but).exists():
        raise CannotKeepPlaybook(_("Another step has this title already."))


def _set_order(step: Step, after: Iterable[Step], act: Act) -> None:
    wanted = {one.pk: one for one in after}
    links = {link.before_id: link for link in step.links_before.all()}
    new = [one for pk, one in wanted.items() if pk not in links]
    gone = [link for pk, link in links.items() if pk not in wanted]
    _refuse_circles(step, new)
    for link in gone:
        history.delete(link, act)
    history.create_all([StepLink(step=step, before=one) for one in new], act)
    if new or gone:
        history.touch(step)


def _refuse_circles(step: Step, new: Iterable[Step]) -> None:
    before: dict[int, set[int]] = defaultdict(set)
    links = StepLink.objects.filter(step__procedure=step.procedure_id)
    for step_id, before_id in links.values_list("step", "before"):
        before[step_id].add(before_id)
    for one in new:
        is_foreign = one.procedure_id != step.procedure_id
        if is_foreign or step.pk in all_before(one.pk, before):
            said = _(
                "“%(before)s” already comes after “%(task)s”, so it cannot come before it."
            )
            raise CannotKeepPlaybook(said % {"before": one.title, "task": step.title})
