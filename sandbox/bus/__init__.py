"""Events for functions of @events, @queues and @tables-streams, and their delivery."""
