"""Where networks are kept unless a person says otherwise."""

import os
from pathlib import Path


def default_directory() -> Path:
    """Return ZHIAN_MODELS_DIR, else zhian/models in the user's XDG data directory."""
    chosen = os.environ.get("ZHIAN_MODELS_DIR")
    if chosen:
        return Path(chosen)
    data_home = os.environ.get("XDG_DATA_HOME")
    return (Path(data_home) if data_home else Path.home() / ".local/share") / "zhian" / "models"
