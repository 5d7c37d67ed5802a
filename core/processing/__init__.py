"""The records of processing activities (GDPR, article 30), generated from what every table declares of itself."""
