"""The gateway's shell: brokers, disk, cameras, clock. Moves bytes and has no opinions."""
