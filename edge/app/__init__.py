"""What the gateway's programs are made of; the only place that builds things."""
