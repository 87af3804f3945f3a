"""Spark: a cluster that reads the Parquet files where they lie. All its machines must see the folder of the facts.

This process is the driver. The cluster gives its cores back half a minute after the last question.
"""

import socket
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from milepost.base.errors import Misconfigured, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.metrics.compiler import Statement
from milepost.metrics.engines.engine import LIMIT, Answer, Ask, Clock, Moved
from milepost.metrics.engines.translation import Dialect, translated
from milepost.tickets.store.manifest import Manifest
from milepost.tickets.store.reading import fact_columns

PORT: Final = 7077
TYPES: Final = {
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "VARCHAR": "STRING",
    "DOUBLE": "DOUBLE",
    "INTEGER[]": "ARRAY<INT>",
}
# What the address may say otherwise.
SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
    "spark.dynamicAllocation.executorIdleTimeout": "30s",
}
# One at a time makes the session that all share.
_making: Final = threading.Lock()


@dataclass(frozen=True)
class Spark:
    """A cluster by the address of its master, `spark://host:port?setting=value`; settings are those of Spark."""

    address: str

    def read(
        self,
        folder: Path,
        manifest: Manifest,
        sources: Collection[str] | None,
        clock: Clock | None,
        ask: Callable[[Ask], Answer],
    ) -> Answer:
        """As `Engine.read`."""
        with _explained():
            # Views are those of a session: others that ask at the same time have their own.
            session = self._session().newSession()
            _facts(session, folder, manifest, sources).createOrReplaceTempView("facts")
            if clock is not None:
                columns = ", ".join(f"{column} BIGINT" for column in clock.slots.columns())
                rows = [tuple(row) for row in clock.rows]
                session.createDataFrame(rows, columns).createOrReplaceTempView(clock.slots.table)

            def asked(statement: Statement) -> list[Any]:
                text = translated(statement, Dialect.SPARK, clock.slots if clock else None)
                with _limited(session):
                    return [tuple(row) for row in session.sql(text).collect()]

            return ask(asked)

    def _session(self) -> SparkSession:
        """The session of this process; the first question starts it, which takes some seconds."""
        parts = urlsplit(self.address)
        self._reach(parts.hostname or "", parts.port or PORT)
        with _making:
            builder = SparkSession.builder.appName("Milepost").master(f"spark://{parts.hostname}:{parts.port or PORT}")
            for name, value in (SETTINGS | dict(parse_qsl(parts.query))).items():
                builder = builder.config(name, value)
            return builder.getOrCreate()

    def _reach(self, host: str, port: int) -> None:
        """Refuse at once where nobody listens: Spark itself would try for a minute, and then say little."""
        try:
            socket.create_connection((host, port), timeout=5).close()
        except OSError as error:
            raise SourceFailed(
                gettext_noop(
                    "No Spark master answers at %(host)s:%(port)s: %(error)s. Check the address in MILEPOST_ENGINE and "
                    "that the cluster runs; or set MILEPOST_ENGINE=duckdb, which needs no cluster."
                ),
                permanent=False,
                host=host,
                port=port,
                error=error.strerror or error,
            ) from error


def _facts(session: SparkSession, folder: Path, manifest: Manifest, sources: Collection[str] | None) -> DataFrame:
    """The facts of all tickets; of those that stand in a delta, the ones that stand there."""
    schema = ", ".join(f"`{name}` {TYPES[type_]}" for name, type_ in fact_columns(manifest.fields()).items())

    def read(files: Iterable[str]) -> DataFrame:
        return session.read.schema(schema).parquet(*(str(folder / file) for file in files))

    deltas = manifest.deltas(sources)
    newer = [delta.facts for delta in deltas]
    facts = read(file for file in manifest.facts(sources) if file not in newer)
    if not deltas:
        return facts
    waiting = session.read.parquet(*(str(folder / delta.tickets) for delta in deltas)).select("ticket")
    return facts.join(waiting, "ticket", "left_anti").unionByName(read(newer))


@contextmanager
def _limited(session: SparkSession) -> Iterator[None]:
    """Give a question up that takes too long, as one does for which the cluster has no free core."""
    context, group = session.sparkContext, str(uuid4())
    context.setJobGroup(group, "a question of Milepost", interruptOnCancel=True)
    timer = threading.Timer(LIMIT, context.cancelJobGroup, [group])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _explained() -> Iterator[None]:
    """What Spark says, as a sentence."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        said = str(error)
        if "FileNotFoundException" in said or "PATH_NOT_FOUND" in said:
            raise Moved from error
        if "JAVA_GATEWAY_EXITED" in said:
            raise Misconfigured(
                gettext_noop("Spark needs Java 17 or later. Install it (on Debian openjdk-17-jre-headless).")
            ) from error
        raise SourceFailed(
            gettext_noop("Spark could not answer: %(error)s Look at the page of its master."),
            permanent=False,
            error=said.splitlines()[0],
        ) from error
