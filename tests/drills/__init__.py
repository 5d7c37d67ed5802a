"""Drills: whole servers are killed, disks fill up. Slow; CI runs them after the other tests."""
