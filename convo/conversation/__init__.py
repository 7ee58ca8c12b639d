"""The guide, stages, entries, priorities, the journal's rules and operations, since last time."""
