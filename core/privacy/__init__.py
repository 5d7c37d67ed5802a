"""What is kept about the people of the platform: shown, taken along, destroyed, and how long at most."""
