"""Charts as SVG, drawn on the server. Sizes are text: a coordinate has a decimal point in every language."""
