"""What sealing costs: `.venv/bin/python tests/bench/sealing.py`.

Each figure is the best of several tries, in microseconds for one text, once the learner's key is loaded.
"""

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
TRIES = 9
TIMES = 2000
PLACE = {"table": "journal.entry", "row": uuid.UUID(int=7), "field": "kept", "revision": 1}


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "cft_course.settings"}
        os.environ |= dict.fromkeys(
            ["CFT_ROLE", "DATABASE_URL", "KEYS_DATABASE_URL", "KEY_DIR", "REDIS_URL", "SITE_URL"], ""
        )
        measure()


def measure():
    # The settings read the environment that main() has just made.
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from journal.keys import rotation  # noqa: PLC0415
    from journal.keys.keyring import Keyring  # noqa: PLC0415

    call_command("migrate", "journal_keys", database="keys", verbosity=0)
    rotation.create()
    owner = SimpleNamespace(uuid=uuid.uuid4())
    ring = Keyring(owner)
    print("\n| sealing | µs |\n|---|---:|")
    for length, goal in ((600, ", goal 30"), (100_000, "")):
        text = "A quiet sentence of thirty-two, " * (length // 32)
        sealed = ring.seal(text, **PLACE)
        print(f"| seal {length:,} characters{goal} | {best(lambda: ring.seal(text, **PLACE)):.1f} |")  # noqa: B023
        print(f"| open {length:,} characters{goal} | {best(lambda: ring.open(sealed, **PLACE)):.1f} |")  # noqa: B023
    first = best(lambda: Keyring(owner).open(sealed, **PLACE), 200)
    print(f"| a request's first text: ask for the key, read its file, open | {first:.0f} |")


def best(deed, times=TIMES):
    return min(timed(deed, times) for _ in range(TRIES))


def timed(deed, times):
    start = time.perf_counter()
    for _ in range(times):
        deed()
    return (time.perf_counter() - start) / times * 1_000_000


if __name__ == "__main__":
    main()
