"""The internal port: what a developer sees of a running sandbox, and can change."""
