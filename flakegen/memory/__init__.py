"""What is remembered of compilations from one run to the next, so that the next is instant."""
