"""How well the knowledge base answers a file of questions."""
