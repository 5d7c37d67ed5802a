"""What every process without a web server needs before its first piece of work: configuration, keys, engine."""

from __future__ import annotations

from collections.abc import Mapping

import tenants.models  # noqa: F401  both metadatas whole before the first query
from core import keystore
from core.config import Config, config, load, use
from core.db import db


def start(environ: Mapping[str, str]) -> Config:
    """Read the configuration, open the keystore and make the engine; nothing connects yet. Raises ConfigError."""
    use(load(environ))
    keystore.start(config())
    db.connect(config().database_url)
    return config()
