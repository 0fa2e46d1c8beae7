"""HTTP in, HTTP out: API Gateway's part."""
