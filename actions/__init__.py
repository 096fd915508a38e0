"""What the dialogue can do, thin."""
