"""Syntax tree and folder to what the app is."""
