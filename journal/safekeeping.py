"""What a writing page promises: whatever goes wrong with it, the answer has the person's words in it.

The house looks for the mark when someone is signed out, a form's token is old, or the database is away.
"""


def keeps_words(*fields):
    """Mark a view whose POST carries someone's words, in these fields."""

    def mark(view):
        view.keeps_words = fields
        return view

    return mark
