"""How long a text takes to read."""

import math

# Silent reading of non-fiction in English: Brysbaert (2019), Journal of Memory and Language 109, 104047.
WORDS_PER_MINUTE = 238


def minutes(words):
    """Return the reading time of so many words in whole minutes, rounded up, at least one."""
    return max(1, math.ceil(words / WORDS_PER_MINUTE))
