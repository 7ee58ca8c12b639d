"""Hand-out, retention, backup: moves in here."""
