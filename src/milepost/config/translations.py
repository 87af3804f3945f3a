"""Where translations are: ours, and those that packages with a connector bring."""

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path


def folders(package: Path) -> list[Path]:
    """Ours first: what Milepost says is said in its own words. A package is found here, and not imported."""
    # The group of `connectors.registry`, which would import every connector to say so.
    brought = {one.module.partition(".")[0] for one in entry_points(group="milepost.connectors")}
    specs = filter(None, map(find_spec, sorted(brought)))
    found = (Path(place) / "locale" for spec in specs for place in spec.submodule_search_locations or ())
    return [package / "locale", *filter(Path.is_dir, found)]
