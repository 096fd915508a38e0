"""Documents, provisions, entries, encoder, indexes, ranking and decision."""
