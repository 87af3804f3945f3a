"""Demo data: loaded by one click and removed by two, by whoever runs the installation."""
