"""The register: people, taxpayers, authorisations and the profile."""
