"""Names what would fail, from the templates alone and before anything is deployed.

Each check asks of the resource graph a question that ECS will ask, and answers "no" only where it
knows: what is not known (None) is never a finding. No check shares a verdict with the rehearsal.
"""
