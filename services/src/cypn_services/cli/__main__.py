"""``python -m cypn_services.cli`` is ``cypn``."""

from __future__ import annotations

from cypn_services.cli import main

if __name__ == "__main__":
    main(prog_name="cypn")
