"""What the nightly check of the installation found."""
