"""Who decides a turn, and what the taxpayer hears."""
