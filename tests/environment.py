"""Loaded before the settings: tests keep their files in a folder of their own and read no `.env`."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Only the services may be chosen from outside; everything else is as on a new machine.
SERVICES = ("DATABASE_URL", "KEYS_DATABASE_URL", "REDIS_URL")
for line in (Path(__file__).parent.parent / ".env.example").read_text().splitlines():
    name = line.removeprefix("# ").partition("=")[0]
    if name.isupper() and name not in SERVICES:
        os.environ.pop(name, None)
if os.environ.get("REDIS_URL") and os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":
    # Each process empties its own Redis between tests. The number after the last slash says which one.
    start, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{start}/{int(number) + int(os.environ['PYTEST_XDIST_WORKER'][2:])}"
os.environ["PYTHON_DOTENV_DISABLED"] = "1"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="cft-course-tests-")
# Playwright's synchronous driver runs an event loop in the test's own thread, where Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
