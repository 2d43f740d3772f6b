"""What stands between the network and the application? Limits, and what every answer carries."""
