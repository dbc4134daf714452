"""Edge rules: from facts to alerts, also while the hub is away. Pure."""
