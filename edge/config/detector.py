"""Where the detectors are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from edge.config.tables import DetectorTable

MODELS_DIR: Final = "ZHIAN_MODELS_DIR"


def models_directory(table: DetectorTable, environ: Mapping[str, str]) -> Path:
    """Return where `zhian models install` puts networks, unless the site says otherwise."""
    if table.models_dir is not None:
        return table.models_dir
    if environ.get(MODELS_DIR):
        return Path(environ[MODELS_DIR])
    data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "zhian" / "models"
