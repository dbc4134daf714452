"""The hub's stores, one noun a file; each works within the transaction that it is given."""
