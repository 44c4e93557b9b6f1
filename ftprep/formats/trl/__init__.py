"""Rows as Hugging Face TRL reads them."""
