"""What @events and @queues are sent, and its delivery to their functions."""
