"""What editors do: versions, review, publication; the store gets only what was published."""
