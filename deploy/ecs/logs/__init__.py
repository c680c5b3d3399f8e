"""Lines of CloudWatch Logs, of one task or of all services."""
