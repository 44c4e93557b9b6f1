"""ftprep itself."""
