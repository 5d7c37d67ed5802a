"""What the platform promises and agrees, in versions; and who accepted which of them."""
