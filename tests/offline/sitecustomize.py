"""Python imports this at its start because a test put the folder in PYTHONPATH."""

import no_internet

no_internet.block()
