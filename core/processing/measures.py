"""What protects the data, in sentences that are true of every installation (article 32)."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

MEASURES: Final = (
    _l("Each academy has a schema and a database role of its own; one academy cannot read another's data."),
    _l("Names, addresses, messages and other personal texts are encrypted, with a key of its own for each academy."),
    _l("When an academy is closed its key is destroyed, so that its data cannot be read in old backups either."),
    _l("Passwords are stored as hashes; sessions end by themselves and can be signed out from afar."),
    _l("What operators and managers do is written into a log that can only be added to."),
    _l("Pages run no code of others and ask nothing of other sites."),
    _l("Logs and background work hold numbers, never content."),
)
TRANSFERS: Final = _l(
    "None by the platform itself. Two things to look at: where your hosting and mail providers are, and push notices, which go through the maker of the browser, encrypted, when somebody switches them on."
)
