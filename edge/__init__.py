"""The gateway of one compound: counts, fuses, reports."""
