"""Files that several processes write and read at once."""

import os
import threading


def draft_of(file):
    """Return a name beside the file that only this thread uses."""
    return file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")


def replace_file(file, content):
    """Write a file so that readers see the old content or the new, never a part."""
    draft = draft_of(file)
    draft.write_bytes(content)
    os.replace(draft, file)
