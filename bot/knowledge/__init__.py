"""The editors' desk: who may do what, and what needs conversations too."""
