"""The meeting's screens: stages, journal, turning to the family, closing."""
