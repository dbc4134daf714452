"""The hub's shells: database, time series, broker, other systems. They hold no opinions."""
