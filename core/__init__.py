"""What every feature stands on: settings, clock, database, errors, texts. Knows no feature."""
