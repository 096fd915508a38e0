"""Erasing what was said: on demand by law, and when its time is over; the log keeps its seqs."""
