"""Milepost: service goals for customer support, measured from the tickets themselves."""

__version__ = "0.1.0"
