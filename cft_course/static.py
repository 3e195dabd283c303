"""How long browsers keep static files."""


def keep_hashed_files_for_a_year(headers, path, url):
    """Give files whose name holds their hash the longest useful lifetime (RFC 9111, RFC 8246)."""
    if "immutable" in headers.get("Cache-Control", ""):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
