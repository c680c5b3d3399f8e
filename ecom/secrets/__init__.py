"""Settings and the database's credentials from AWS Secrets Manager (docs/settings.md, "Secrets").

Nothing here imports boto3 before a secret is read.
"""
