"""The centre: stores what gateways report, keeps the life of alerts, delivers them."""
