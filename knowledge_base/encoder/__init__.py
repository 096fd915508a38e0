"""Text to vectors: a sentence-transformers directory, its builder and its light runner."""
