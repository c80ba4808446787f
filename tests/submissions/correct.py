"""Everything answered as in the answer book."""
