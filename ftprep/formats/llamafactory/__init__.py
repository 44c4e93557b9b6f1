"""Dialects that LLaMA-Factory reads beside Alpaca and ShareGPT rows."""
