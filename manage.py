#!/usr/bin/env python3
"""Django's command line for the CFT Course."""

import os
import sys


def main():
    """Run one management command; a wrong setting is answered with its sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cft_course.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make run` or `make test`, which set everything up.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
