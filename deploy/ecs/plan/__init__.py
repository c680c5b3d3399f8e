"""What `up` would do."""
