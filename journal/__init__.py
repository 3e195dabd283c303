"""KEEP: the private journal. It knows lessons.Module only, never who asked."""
