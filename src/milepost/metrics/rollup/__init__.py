"""Many questions at once, in two phases: facts are aggregated once into cells of a grid, windows are sums of cells.

Every edge of a window is a line of the grid, so that a window is a union of whole cells and nothing is approximated.
What a cell cannot hold is asked fact by fact. All answers are those of one statement per question (`compiler`).
"""

from milepost.metrics.rollup.answers import Leaf, answers, numbered

__all__ = ["Leaf", "answers", "numbered"]
