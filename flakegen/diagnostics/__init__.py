"""Source positions, the one Diagnostic type, its collector and its renderer."""
