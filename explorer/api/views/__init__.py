"""The end points, one module per kind of thing."""
