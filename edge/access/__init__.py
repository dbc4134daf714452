"""Access control: what readers, doors and barriers publish, turned into facts. Pure."""
