"""The command line: `broadsheet`."""

from broadsheet.faces.cli.app import app, main

__all__ = ["app", "main"]
