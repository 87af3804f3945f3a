"""A statement of the compiler in the SQL of another engine. sqlglot reads DuckDB's and writes the other's.

What sqlglot cannot know is here: values that came as one text become rows, `ALL` becomes names, percentiles are those
that are exact, and the working clock, a function in DuckDB, becomes a join with the table `slots`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import sqlglot
from sqlglot import exp

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.slots import Slots
from milepost.metrics.compiler import Statement
from milepost.metrics.parts import WORKED

READ: Final = "duckdb"


class Dialect(StrEnum):
    """Whose SQL, by the name that sqlglot gives it."""

    POSTGRESQL = "postgres"
    SPARK = "spark"
    CLICKHOUSE = "clickhouse"
    TRINO = "trino"
    SNOWFLAKE = "snowflake"
    BIGQUERY = "bigquery"


# Exact and of type 7. Trino has approximations only, BigQuery an exact one that is no aggregate.
PERCENTILES: Final[Mapping[Dialect, str]] = {
    Dialect.POSTGRESQL: "percentile_cont({share}) WITHIN GROUP (ORDER BY {value})",
    Dialect.SPARK: "percentile({value}, {share})",
    Dialect.CLICKHOUSE: "quantileExactInclusive({share})({value})",
    Dialect.SNOWFLAKE: "percentile_cont({share}) WITHIN GROUP (ORDER BY {value})",
}


def translated(statement: Statement, dialect: Dialect, slots: Slots | None = None) -> str:
    """The statement, its parameters put in. It reads `facts`, and `slots` where it asks the working clock.

    Refuses a percentile where the engine has no exact one.
    """
    tree = sqlglot.parse_one(statement.sql, read=READ)
    for select in list(tree.find_all(exp.Select)):
        _group(select)
        if slots is not None:
            _join_clock(select, slots)
    _name_facts(tree)
    for percentile in list(tree.find_all(exp.PercentileCont)):
        percentile.replace(_percentile(percentile, dialect))
    for divided in list(tree.find_all(exp.IntDiv)):
        divided.replace(exp.cast(divided.copy(), "BIGINT", dialect=READ))
    for number, table in enumerate(tree.find_all(exp.Subquery)):
        if isinstance(table.parent, exp.From) and not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(f"asked_{number}")))
    # Last, for these may be thousands.
    for select in list(tree.find_all(exp.Select)):
        _fill(select, statement.parameters)
    return tree.sql(dialect.value, identify=True, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _group(select: exp.Select) -> None:
    """Columns are grouped by name. The order of rows says nothing."""
    select.set("order", None)
    group = select.args.get("group")
    if group is not None and group.args.get("all"):
        columns = [column.copy() for column in select.expressions if isinstance(column, exp.Column)]
        select.set("group", exp.Group(expressions=columns))


def _name_facts(tree: exp.Expr) -> None:
    """The facts that are asked get a name of their own: to ClickHouse a table keeps its name under another one too."""
    for table in tree.find_all(exp.Table):
        if table.name == "facts" and not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier("fact")))
    for column in tree.find_all(exp.Column):
        if column.table == "facts":
            column.set("table", exp.to_identifier("fact"))


def _fill(select: exp.Select, parameters: Mapping[str, object]) -> None:
    """A selection of values that came as texts becomes one of rows. Types are told: ClickHouse would take others."""
    texts = [column.find(exp.Placeholder) for column in select.expressions if column.find(exp.Explode)]
    if not texts:
        return
    names = [column.alias or "number" for column in select.expressions]
    types = [column.find(exp.DataType).expressions[0] for column in select.expressions]
    columns = [
        list(map(str if type_.is_type(*exp.DataType.TEXT_TYPES) else int, str(parameters[text.name]).split(",")))
        for text, type_ in zip(texts, types, strict=True)
        if text is not None
    ]
    rows = exp.values(list(zip(*columns, strict=True)), alias="listed", columns=names)
    each = (
        exp.alias_(exp.cast(exp.column(name, quoted=True), type_), name, quoted=True)
        for name, type_ in zip(names, types, strict=True)
    )
    select.replace(exp.select(*each).from_(rows, copy=False))


def _join_clock(select: exp.Select, slots: Slots) -> None:
    """Every moment at which the clock is read has its slot joined once."""
    read: dict[tuple[str, str], str] = {}
    for call in list(select.find_all(exp.Anonymous)):
        if call.name.lower() == WORKED and call.parent_select is select:
            calendar, moment = (one.sql(READ) for one in call.expressions)
            alias = read.setdefault((calendar, moment), f"clock_{len(read)}")
            call.replace(sqlglot.parse_one(slots.reading(alias, f"({moment})"), read=READ))
    for (calendar, moment), alias in read.items():
        join = slots.join(alias, calendar=calendar, moment=f"({moment})")
        select.append("joins", sqlglot.parse_one(f"SELECT 1 FROM facts {join}", read=READ).args["joins"][0])


def _percentile(percentile: exp.PercentileCont, dialect: Dialect) -> exp.Expr:
    if dialect not in PERCENTILES:
        raise Refused(
            gettext_noop(
                "%(engine)s has no exact percentiles. Ask for an average or a count, or choose another engine."
            ),
            engine=dialect.name.capitalize(),
        )
    sql = PERCENTILES[dialect].format(value=percentile.this.sql(READ), share=percentile.expression.sql(READ))
    return sqlglot.parse_one(sql, read=dialect.value)
