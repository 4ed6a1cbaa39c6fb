"""What programs read: our own API, and the one that Hugging Face's clients speak."""
