"""Groups of people with their trainers, and whom a member sees who is limited to their groups."""
