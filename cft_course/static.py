"""How static files are named, compressed and kept by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Static files named by their content and stored with a gzip copy beside them."""


def keep_hashed_files_for_a_year(headers, path, url):
    """Give files whose name holds their hash the longest useful lifetime (RFC 9111, RFC 8246)."""
    if "immutable" in headers.get("Cache-Control", ""):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
