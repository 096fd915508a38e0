"""Photos and documents that a taxpayer sends: taken in, kept sealed, shown, and let go of."""
