"""Broadsheet: a self-hosted front page for a research field."""

__version__ = "0.1.0"
