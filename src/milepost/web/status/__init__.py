"""How the installation is doing."""
