"""What every process without a web server needs before its first piece of work: configuration, keys, engine."""

from __future__ import annotations

from collections.abc import Mapping

import tenants.models  # noqa: F401  both metadatas whole before the first query
from core import keystore
from core.config import Config, config, load, use
from core.db import db


def start(environ: Mapping[str, str], make_master: bool | None = None) -> Config:
    """Read the configuration, open the keystore and make the engine; nothing connects yet. Raises ConfigError.

    `make_master`: whether a first master key may be made; None leaves that to the configuration.
    """
    use(load(environ))
    keystore.start(config(), make_master)
    db.connect(config().database_url)
    return config()
