"""The JSON API: one file a resource, each a list of endpoints."""
