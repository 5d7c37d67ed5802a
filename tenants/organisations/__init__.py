"""Client organisations: the companies whose employees the academy trains."""
