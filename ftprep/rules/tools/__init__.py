"""Tool calls and tool definitions."""
