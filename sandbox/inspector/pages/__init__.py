"""The inspector's pages: a file a page, each from the API's answers to a view."""
