"""Measurements that `manage.py benchmark` runs; each side in processes of its own."""
