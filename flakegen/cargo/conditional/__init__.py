"""The workspace resolved for all selections and platforms at once: what holds, and under which condition."""
