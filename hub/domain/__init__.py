"""What the hub decides, as values in and values out."""
