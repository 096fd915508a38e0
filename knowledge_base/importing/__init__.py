"""Import of documents and of questions with answers into collections beside the knowledge base.

What is imported is for editors: a collection never answers a taxpayer. A document is split by its
articles or headings; its title, number, issuers and dates are detected and shown with what is
doubtful, for a person to confirm.
"""
