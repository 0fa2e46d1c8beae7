"""Python handlers, from inside their process. Standard library and wire only."""
