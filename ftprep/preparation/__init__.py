"""From raw rows to files that are ready to train with: fix, drop, split, export, and prove what was done."""
