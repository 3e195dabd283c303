"""ASK: guided practices, one question at a time, and Practice This Week."""
