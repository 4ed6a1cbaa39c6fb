"""Snapshots: a whole catalogue in files that move it between instances and stores."""

from broadsheet.catalogue.snapshots.exporting import export_snapshot
from broadsheet.catalogue.snapshots.importing import import_snapshot
from broadsheet.catalogue.snapshots.manifest import Manifest

__all__ = ["Manifest", "export_snapshot", "import_snapshot"]
