"""The people who use the site."""
