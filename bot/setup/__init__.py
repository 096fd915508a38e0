"""What a fresh machine needs before it can serve, step by step; each step is safe to repeat."""
