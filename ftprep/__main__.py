"""``python -m ftprep``."""

from __future__ import annotations

from ftprep.cli.main import main

if __name__ == "__main__":
    main(prog_name="ftprep")
