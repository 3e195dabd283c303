"""TEACH: the course, its modules and their questions. Knows no other app."""
