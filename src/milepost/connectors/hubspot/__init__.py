"""HubSpot, read over its CRM interface."""
