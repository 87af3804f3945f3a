"""Reading tickets from a database by queries: what the connectors share that do so."""
