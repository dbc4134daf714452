"""The networks: where they come from, how they are checked, and what their outputs mean."""
