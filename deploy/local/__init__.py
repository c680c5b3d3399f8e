"""Both services on one machine, with what they need: `python -m deploy.local`."""
