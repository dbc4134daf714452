"""A compound with a known truth, and the demo that plays it."""
