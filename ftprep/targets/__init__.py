"""Platforms and trainers: what each of them takes, as dated data, one TOML file per target."""
