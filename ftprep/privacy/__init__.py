"""Personal data, secrets and identifiers: finding them in texts, masking them in output, and replacing them."""
