"""One revision a file, named by its place in the chain."""
