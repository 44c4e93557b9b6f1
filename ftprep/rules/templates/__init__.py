"""Chat templates: what a text must not hold because a template or a platform gives it a meaning."""
