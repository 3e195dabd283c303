"""Keys for every test of the practices that asks for them."""

from tests.keys import key_dir, master_key  # noqa: F401 -- fixtures
