"""What packages that bring a connector test it with; docs/extend/connector.md tells how. Nothing that runs needs it."""
