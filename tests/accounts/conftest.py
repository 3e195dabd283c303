"""What every test of accounts stands on."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_tries_so_far(db):
    """Forget how often anyone tried, because the limits outlive a test where they are counted in Redis."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mandatory(settings):
    """Have everyone confirm their address before they are in."""
    settings.EMAIL_VERIFICATION = "mandatory"


@pytest.fixture
def optional(settings):
    """Have people confirm their address when it suits them."""
    settings.EMAIL_VERIFICATION = "optional"
