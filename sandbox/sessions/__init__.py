"""Architect sessions as a library: no server, no moto."""
