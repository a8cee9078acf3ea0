"""Files for CI systems: one template a system."""
