"""The demo world: two academies, their courses and their people."""
