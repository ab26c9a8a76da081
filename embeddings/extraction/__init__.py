"""From tracks to stored vectors: what is needed, who does it, what came of it.

`service.extract` plans, hands tracks to worker processes and records the outcome. Worker
processes import `worker`, `messages` and the pipeline alone: no Django, no database.
"""
