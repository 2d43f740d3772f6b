"""The event log on PostgreSQL. The only package that knows the eventsourcing library."""
