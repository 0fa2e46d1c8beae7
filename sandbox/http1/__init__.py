"""HTTP/1.1 on kept connections, around Werkzeug's server classes."""
