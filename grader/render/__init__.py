"""Reports as text: one file per format, nothing decided."""
