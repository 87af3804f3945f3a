"""Jira Service Management in the cloud, read over its REST interface."""
