"""What the site says of its settings for signing up."""

import pytest

from cft_course.accounts import checks


@pytest.mark.parametrize(
    ("is_public", "verification", "host", "told"),
    [
        (False, "optional", "", []),
        (False, "mandatory", "", []),
        (True, "mandatory", "mail.example.org", []),
        (True, "optional", "mail.example.org", ["cft.W002"]),
        (True, "mandatory", "", ["cft.E006"]),
    ],
)
def test_a_public_site_verifies_addresses_and_can_send_mail(settings, is_public, verification, host, told):
    settings.IS_PUBLIC = is_public
    settings.EMAIL_VERIFICATION = verification
    settings.EMAIL_HOST = host
    found = [*checks.public_site_verifies_addresses(None), *checks.mandatory_mail_can_be_sent(None)]
    assert [message.id for message in found] == told
    assert all(message.hint for message in found)
