"""Targets, readings, actions and what became of them, decisions."""
