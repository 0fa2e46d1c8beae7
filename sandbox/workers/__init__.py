"""Handlers in warm processes."""
