"""Lines and their translations: the translator's desk moves in here."""
