"""PostgreSQL, the only database: how it is run inside a data directory, and how it is reached."""
