"""Directives that make tables from the declarations in the code: metrics, presets, columns, roles, settings."""

from collections.abc import Iterable, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from milepost.connectors import registry, settings
from milepost.metrics.catalog import metrics
from milepost.metrics.metric import Anchor, Empty, Metric
from milepost.metrics.presets import PRESETS
from milepost.people.roles import NAMES, SCOPES, Capability
from milepost.tickets.columns import FACT_COLUMNS


def metric_rows() -> list[Sequence[str]]:
    """Every metric with what is declared of it."""
    return [
        (
            metric.key,
            metric.name,
            metric.meaning,
            f"{metric.unit.value}, {metric.direction.value} is better",
            _placed(metric),
            metric.credit.value.replace("_", " "),
            ", ".join(metric.aggregates),
            " and ".join(_adds_up(metric)) or "neither",
            "yes" if metric.early else "no",
            "0" if metric.empty is Empty.ZERO else "no data",
            ", ".join(sorted(metric.needs)) or "nothing more",
        )
        for metric in metrics()
    ]


def _placed(metric: Metric) -> str:
    """What places a fact in a period."""
    words = {Anchor.ACT: "the act", Anchor.LEVEL: "the state at the end", Anchor.REMOVAL: "the creation"}
    return f"{words[metric.anchor]} ({metric.kind.value.replace('_', ' ')})"


def _adds_up(metric: Metric) -> list[str]:
    """Over what the parts sum to the whole."""
    flags = {"people": metric.adds_up_over_people, "time": metric.adds_up_over_time}
    return [name for name, flag in flags.items() if flag]


def column_rows() -> list[Sequence[str]]:
    """Every column of the fact table."""
    return [(column.name, column.type.lower(), column.meaning) for column in FACT_COLUMNS]


def preset_rows() -> list[Sequence[str]]:
    """Every name that `milepost measure --metric` takes."""
    return [(name, metric, aggregate.value) for name, (metric, aggregate) in PRESETS.items()]


def role_rows() -> list[Sequence[str]]:
    """Every role with how far its capabilities reach."""
    return [
        (role.value, name, *(SCOPES[role][one].value.replace("_", " ") for one in Capability))
        for role, name in NAMES.items()
    ]


class Metrics(Directive):
    """A table of the metrics."""

    def run(self) -> list[nodes.Node]:
        """One row for each."""
        head = (
            *("key", "name", "what it is", "unit", "placed by", "credited to", "aggregates", "adds up over"),
            *("reachable early", "without facts", "what a source must tell"),
        )
        return [table(head, metric_rows())]


class FactsColumns(Directive):
    """A table of the columns of the facts."""

    def run(self) -> list[nodes.Node]:
        """One row for each."""
        return [table(("column", "type", "meaning"), column_rows())]


class Presets(Directive):
    """A table of the names of `milepost measure --metric`."""

    def run(self) -> list[nodes.Node]:
        """One row for each."""
        return [table(("name", "metric", "aggregate"), preset_rows())]


class Roles(Directive):
    """A table of the roles."""

    def run(self) -> list[nodes.Node]:
        """One row for each."""
        return [table(("key", "role", *(one.value.replace("_", " ") for one in Capability)), role_rows())]


def setting_rows(make: str) -> list[Sequence[str]]:
    """What a connector must be told."""
    return [
        (one.key, one.label, one.hint, "" if one.is_required else settings.as_text(one.default).replace("\n", ", "))
        for one in registry.make(make).asked()
    ]


class ConnectorSettings(Directive):
    """A table of the settings of the connector that is named."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One row for each."""
        return [table(("name", "label", "what it is", "if nothing is said"), setting_rows(self.arguments[0]))]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> nodes.table:
    """A table whose first column is code."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row([nodes.paragraph(text=text) for text in head]))
    group += nodes.tbody("", *(_row([_code(first), *_texts(rest)]) for first, *rest in rows))
    return nodes.table("", group)


def _row(cells: Iterable[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", cell) for cell in cells))


def _code(text: str) -> nodes.Node:
    return nodes.paragraph("", "", nodes.literal(text=text))


def _texts(texts: Iterable[str]) -> list[nodes.Node]:
    return [nodes.paragraph(text=text) for text in texts]


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx."""
    app.add_directive("metrics", Metrics)
    app.add_directive("facts-columns", FactsColumns)
    app.add_directive("presets", Presets)
    app.add_directive("roles", Roles)
    app.add_directive("connector", ConnectorSettings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
