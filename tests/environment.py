"""Loaded before the settings: tests keep their files in a folder of their own and read no `.env`."""

import atexit
import os
import shutil
import tempfile

os.environ["PYTHON_DOTENV_DISABLED"] = "1"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="cft-course-tests-")
# Playwright's synchronous driver runs an event loop in the test's own thread, where Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
