"""The vocabulary that rules are written in: joined texts, screens, tokens, hashes, snippets."""
