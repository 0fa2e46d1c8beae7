"""DynamoDB: moto behind one adapter, and the expiry that it lacks."""
