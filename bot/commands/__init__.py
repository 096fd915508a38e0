"""What the command line does to a running system, and how the one-writer rule is kept."""
