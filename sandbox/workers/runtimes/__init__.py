"""The child's side of a worker, a file a language; standard library only."""
