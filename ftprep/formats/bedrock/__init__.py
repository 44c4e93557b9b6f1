"""Rows as Amazon Bedrock reads and writes them."""
