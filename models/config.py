"""Where networks are kept unless a person says otherwise."""

import os
from collections.abc import Mapping
from pathlib import Path


def default_directory() -> Path:
    """Return the models directory that this process's environment names."""
    return directory_of(os.environ)


def directory_of(environ: Mapping[str, str]) -> Path:
    """Return ZHIAN_MODELS_DIR, else zhian/models in the user's XDG data directory."""
    chosen = environ.get("ZHIAN_MODELS_DIR")
    if chosen:
        return Path(chosen)
    data_home = environ.get("XDG_DATA_HOME")
    return (Path(data_home) if data_home else Path.home() / ".local/share") / "zhian" / "models"
