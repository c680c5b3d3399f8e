"""How many requests one task serves at once: so many processes, each with so many threads."""

import os

from ecom.env import Env

env = Env()
# Hashing passwords and verifying tokens take processor time, waiting for the database takes none.
workers = env.at_least("WEB_CONCURRENCY", 1, default=min(os.cpu_count() or 1, 4))
threads = 8  # below DATABASE_POOL_SIZE: where the budget allows it, none waits for a connection
