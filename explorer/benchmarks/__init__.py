"""Measurements of the site and its page, which `manage.py benchmark` runs."""
