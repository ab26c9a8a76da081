"""What people do to the catalogue by hand, each step of it in the history."""
