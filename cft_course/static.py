"""How static files are addressed, and how long browsers keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


def keep_hashed_files_for_a_year(headers, path, url):
    """Give files whose name holds their hash the longest useful lifetime (RFC 9111, RFC 8246)."""
    if "immutable" in headers.get("Cache-Control", ""):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"


class RememberingStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which works out the address of a file once and not for every page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._urls = {}

    def url(self, name, force=False):
        """Return the address of a file under its hashed name."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]
