"""Neural networks: which there are, where they come from, how they are run."""
