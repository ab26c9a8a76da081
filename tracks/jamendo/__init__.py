"""Metadata of the MTG-Jamendo data set, and files of its form."""
