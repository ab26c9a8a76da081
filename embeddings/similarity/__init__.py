"""Search by sound: the moments and tracks most like one, and what makes them alike."""
