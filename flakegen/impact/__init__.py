"""What a change rebuilds: told from two states of a project, or from one state and what is about to change."""
