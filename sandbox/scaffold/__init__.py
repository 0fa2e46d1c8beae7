"""New files for an app: a whole one, or the handlers that it still lacks."""
