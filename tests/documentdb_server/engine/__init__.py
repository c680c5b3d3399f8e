"""A document store with MongoDB's semantics: the stand-in server's memory and its disk."""

from . import operators  # noqa: F401 - makes the operators known to expressions
