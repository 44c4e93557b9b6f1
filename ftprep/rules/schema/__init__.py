"""The format's schema: fields, types, roles."""
