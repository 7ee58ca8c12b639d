"""What every page needs: forms, components, strict templates, headers, errors, one commit a request."""
