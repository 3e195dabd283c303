"""Make the virtual environment and install exactly the locked packages.

Usage: python3 deploy/bootstrap.py LOCK_FILE. Does nothing when that is already done. Written so that an old Python can
still read it far enough to say that it is too old.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENT = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(ENVIRONMENT, "bin", "python")
OLDEST = (3, 11)


def main(lock):
    """Leave an environment that matches the lock file, or exit with a sentence that says what is missing."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit("CFT Course needs Python 3.11 or newer; this is %s. Try: PYTHON=python3.12 make run" % found)
    if is_done(lock):
        return
    try:
        make_environment()
        install(lock)
        note_done(lock)
    except OSError as error:
        sys.exit("The folder %s cannot be written (%s). Give this user write access." % (ROOT, error.strerror))


def digest(lock):
    """Return a name for this lock file's content and this Python."""
    with open(os.path.join(ROOT, lock), "rb") as file:
        return hashlib.sha256(file.read() + sys.version.encode()).hexdigest()


def stamp(lock):
    return os.path.join(ENVIRONMENT, lock + ".done")


def is_done(lock):
    try:
        with open(stamp(lock)) as file:
            return os.path.exists(PYTHON) and file.read() == digest(lock)
    except OSError:
        return False


def note_done(lock):
    with open(stamp(lock), "w") as file:
        file.write(digest(lock))


def make_environment():
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit("This Python has no venv module. On Debian and Ubuntu: apt install python3-venv")
    if not is_python(PYTHON):
        print("Making a virtual environment in .venv ...")
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(ENVIRONMENT)


def is_python(path):
    """Tell whether an environment of this very Python is already there."""
    try:
        version = subprocess.check_output([path, "-c", "import sys; print(sys.version)"])
    except (OSError, subprocess.CalledProcessError):
        return False
    return version.decode().strip() == sys.version.strip()


def install(lock):
    print("Installing the packages of %s ..." % lock)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary", ":all:", "-r", os.path.join(ROOT, lock)]
    if subprocess.call(command) != 0:
        sys.exit("The packages could not be installed. Is there a network? What pip said stands above.")


if __name__ == "__main__":
    main(sys.argv[1])
