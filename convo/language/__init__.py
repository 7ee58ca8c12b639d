"""Language tags, directions, fonts; catalogues; dates and quantities; the Text value."""
