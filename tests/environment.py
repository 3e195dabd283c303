"""Loaded before the settings: tests keep their files in a folder of their own and read no `.env`."""

import atexit
import os
import shutil
import tempfile

# Only the services may be chosen from outside; everything else is as on a new machine.
for name in ("ALLOWED_HOSTS", "DEBUG", "HOST", "LOG_LEVEL", "PORT", "SECRET_KEY", "SECURITY_CONTACT", "SITE_URL"):
    os.environ.pop(name, None)
os.environ["PYTHON_DOTENV_DISABLED"] = "1"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="cft-course-tests-")
# Playwright's synchronous driver runs an event loop in the test's own thread, where Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
