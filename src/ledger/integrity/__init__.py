"""What does the log's history hash to? The Merkle tree over its leaves (RFC 9162)."""
