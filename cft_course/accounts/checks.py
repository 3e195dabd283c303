"""System checks about signing up and mail."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def public_site_verifies_addresses(app_configs, **kwargs):
    """Without it strangers can find out who has an account, and take an address that is not theirs."""
    if not settings.IS_PUBLIC or settings.EMAIL_VERIFICATION == "mandatory":
        return []
    hint = "Set EMAIL_HOST to your mail server, and leave EMAIL_VERIFICATION out or set it to mandatory."
    message = "Email addresses are not verified on a public site, so strangers can find out who has an account."
    return [Warning(message, hint=hint, id="cft.W002")]


@register(Tags.security)
def mandatory_mail_can_be_sent(app_configs, **kwargs):
    """The code that everyone has to type would be printed where no learner sees it."""
    if not settings.IS_PUBLIC or settings.EMAIL_VERIFICATION != "mandatory" or settings.EMAIL_HOST:
        return []
    hint = "Set EMAIL_HOST to your mail server, or EMAIL_VERIFICATION to optional."
    return [Error("EMAIL_VERIFICATION is mandatory, yet no mail can be sent.", hint=hint, id="cft.E006")]
