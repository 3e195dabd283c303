"""Crisis support and the disclaimer: on every page, editable, and there even without a database."""
