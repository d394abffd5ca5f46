"""Licence types as data files; an operator registers them, nothing of them is code."""
