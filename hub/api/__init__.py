"""The hub's HTTP interface under /api/v1: parse, call a service, answer."""
