"""What a site file and the environment say. Read once, before the first socket."""
