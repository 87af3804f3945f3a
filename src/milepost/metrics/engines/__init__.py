"""The engine that answers questions over the facts, where it is not DuckDB on this machine.

The setting names it by an address, which the store carries: `postgresql://…` for a database into which the facts are
copied, `spark://…` for the master of a cluster that reads the Parquet files themselves. Every question becomes the
statement of the compiler, in the SQL of the engine; no number is made here in another way than in DuckDB.
"""

from milepost.metrics.engines.answers import answers
from milepost.metrics.engines.reading import at, read

__all__ = ["answers", "at", "read"]
