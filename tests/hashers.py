from accounts.hashers import BoundedArgon2PasswordHasher


class CheapArgon2PasswordHasher(BoundedArgon2PasswordHasher):
    memory_cost = 8  # KiB
    time_cost = 1
