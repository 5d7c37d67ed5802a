"""The rights of members over what an academy keeps about them: what there is, who sees it, and all of it to take along."""
