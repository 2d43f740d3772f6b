"""One file per read model: its rows, its handlers (a pure fold), its queries (SQL)."""
