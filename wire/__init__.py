"""What crosses the network: topics, messages, records and their codec. Pure."""
