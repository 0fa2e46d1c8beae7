"""API Gateway's WebSocket API: what @ws declares, served on the app's own port."""
