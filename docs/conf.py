"""How the documentation is built. Nothing is fetched while building or reading it."""

import sys
from pathlib import Path

from milepost import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Milepost"
author = "The Milepost contributors"
release = __version__
extensions = ["myst_parser", "reference"]
exclude_patterns = ["_build"]
nitpicky = True
html_theme = "furo"
html_title = f"Milepost {release}"
html_copy_source = False
html_show_copyright = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
