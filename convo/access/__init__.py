"""School and its terms, staff and memberships, sign-in, permissions as data, the audit trail."""
