"""What can be wrong with a key. Each of these closes the private pages and touches no row."""


class SealError(Exception):
    """Words cannot be sealed or opened."""


class KeyUnavailable(SealError):
    """The key that is needed is not there, cannot be read, or is not the right one."""


class CannotOpen(SealError):
    """The sealed words were changed, or belong to another owner, row, field or revision."""
