"""Our index inside other frameworks; each module imports its framework and is imported only by who uses it."""
