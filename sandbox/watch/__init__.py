"""Changes on disk, and what the sandbox should do about them."""
