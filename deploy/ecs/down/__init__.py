"""A deployment taken away, with what stays of it."""
