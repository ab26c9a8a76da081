"""Where the networks' weights come from, how they are checked, and where they lie."""
