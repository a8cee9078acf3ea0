"""One file or folder per emitted thing; no disk access."""
