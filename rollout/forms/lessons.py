"""What is tapped below a lesson: shape only; services decide."""

from django import forms

from rollout.enums import LessonAnswer, LessonOutcome, SkipReason
from rollout.models import LessonUse


class LessonForm(forms.Form):
    """Used, adapted, or skipped with a reason."""

    answer = forms.ChoiceField(choices=LessonAnswer.choices)
    skip_reason = forms.ChoiceField(choices=SkipReason.choices, required=False)
    skip_note = forms.CharField(
        required=False, max_length=LessonUse._meta.get_field("skip_note").max_length
    )


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(choices=LessonOutcome.choices)
    version = forms.IntegerField()
