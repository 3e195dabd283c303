"""The house: settings, urls, middleware and the rooms that serve every app."""
