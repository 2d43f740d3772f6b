-- How many events of which type does a project have, and from which day on? The index of streams
-- answers that by itself: the events, with their leaves, stay where they are.

ALTER TABLE log.events DROP CONSTRAINT events_stream_version;
ALTER TABLE log.events ADD CONSTRAINT events_stream_version
    UNIQUE (stream, version) INCLUDE (type, effective_on, position);

-- An index answers by itself only of pages that were vacuumed since they were written. What is
-- appended to all the time is vacuumed for every hundredth that is new, not for every fifth.
ALTER TABLE log.events SET (autovacuum_vacuum_insert_scale_factor = 0.01);
