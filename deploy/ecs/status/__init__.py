"""How a deployment is."""
