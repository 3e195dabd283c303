"""Keys: a data key for each learner, sealed by a master key that lives in a file.

``files`` reads and makes master key files, ``models`` keeps the wrapped data keys in a database of their own,
``keyring`` seals and opens a learner's words with them, ``rotation`` changes the master key.
"""
