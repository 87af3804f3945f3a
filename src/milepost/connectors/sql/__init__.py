"""Any database whose tickets a query gives."""
