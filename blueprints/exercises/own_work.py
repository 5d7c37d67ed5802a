"""What people handed in belongs to their own work."""
