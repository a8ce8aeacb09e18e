"""The one importer: read, check every cell, then write all or nothing."""
