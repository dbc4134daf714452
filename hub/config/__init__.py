"""What the hub's file and the environment say; read once, before the first socket.

The file holds no secrets. They come from the environment, or from files that only we can read.
"""

from hub.config.errors import ConfigError
from hub.config.secrets import environment
from hub.config.settings import Settings, load

__all__ = ["ConfigError", "Settings", "environment", "load"]
