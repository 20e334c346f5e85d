"""cypn: an exchange hub for networks of voluntary groups.

The names here are the documented, stable ones. Everything else may move between minor versions.
"""

from cypn_core.hooks import hookimpl

__all__ = ["hookimpl"]
__version__ = "0.1.0"
