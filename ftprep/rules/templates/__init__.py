"""Chat templates: what they would render twice, and the marks of thoughts."""
