"""A folder for `sys.path`: its `arc` stands in where `architect-functions` is missing.

Within it imports are relative, as handlers import it as `arc`, and tools by its place.
"""
