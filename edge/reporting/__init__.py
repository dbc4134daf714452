"""What the gateway tells the hub: windows over facts, and the order of sending. Pure."""
