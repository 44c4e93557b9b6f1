"""Rules of family RFT on files: shares, several references, several verifiers."""
