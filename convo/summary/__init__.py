"""The document of what was agreed: content, Word, page, issues, delivery."""
