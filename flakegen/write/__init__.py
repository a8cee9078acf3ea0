"""What a compilation leaves on the disk: written whole or not at all, compared, told as a diff."""
