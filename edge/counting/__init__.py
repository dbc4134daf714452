"""From detections to facts: tracks, line crossings, zone counts. Values in, values out."""
