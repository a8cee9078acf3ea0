"""Files on the disk, whatever is in them: stamps, whole folders, git, and how one is replaced."""
