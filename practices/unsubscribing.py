"""The page where a learner asks for reminders, and the way to stop them that every mail carries."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from journal.access import learners_only
from practices import reminding
from practices.models import Reminder
from practices.reminder_mails import SUBJECT, key_in
from practices.stepping import require_get_or_post

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
NOT_CONFIRMED = "Please confirm your email address first. Then reminders can be turned on."


class ReminderForm(forms.ModelForm):
    """Whether to be reminded, and when."""

    hour = forms.TypedChoiceField(
        choices=HOURS, coerce=int, label="At", error_messages={"invalid_choice": "Please choose an hour from the list."}
    )

    class Meta:
        model = Reminder
        fields = ["is_on", "hour"]
        labels = {"is_on": "Send me reminders"}

    def clean_is_on(self):
        """Refuse an address that nobody has confirmed: it may be somebody else's."""
        is_on, user = self.cleaned_data["is_on"], self.instance.owner
        if is_on and not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
            raise forms.ValidationError(NOT_CONFIRMED)
        return is_on

    def keep(self):
        """Keep the wish and reckon when it is next due; saving from two windows at once is one wish after another."""
        owner, wish = self.instance.owner, self.cleaned_data
        # Off and due at once is nothing the database takes.
        Reminder.objects.update_or_create(owner=owner, defaults=wish | {"next_due": None})
        reminding.schedule(owner)


@learners_only
@require_get_or_post
def settings(request):
    """Let a learner turn their reminders on or off and choose the hour."""
    reminder = Reminder.objects.filter(owner=request.user).first() or Reminder(owner=request.user)
    reminder.owner = request.user
    form = ReminderForm(request.POST if request.method == "POST" else None, instance=reminder)
    if request.method == "POST" and form.is_valid():
        form.keep()
        is_on = form.cleaned_data["is_on"]
        messages.success(request, "Reminders are on." if is_on else "Reminders are off. None will be sent.")
        return redirect("reminders:settings")
    context = {"form": form, "subject": SUBJECT, "zone": reminding.in_a_zone(request.user).zone.key}
    return render(request, "practices/reminders.html", context, status=422 if form.errors else 200)


@csrf_exempt
@login_not_required
@require_get_or_post
def stop(request, signed):
    """Stop a learner's reminders at once, for whoever holds the link from a mail of theirs (RFC 8058).

    A mail program asks without any cookie, so there is no safety token, and it follows no redirect. Looking at the page
    stops nothing: programs that look for viruses open every link.
    """
    try:
        key = key_in(signed)
    except (BadSignature, ValueError):
        return render(request, "practices/stop_reminders.html", {"is_broken": True}, status=404)
    if request.method == "POST":
        reminding.turn_off(key)
    return render(request, "practices/stop_reminders.html", {"is_stopped": request.method == "POST"})
