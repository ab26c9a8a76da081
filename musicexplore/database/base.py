"""The Django database engine `musicexplore.database`: PostgreSQL, started when first connected to.

Commands that need no database therefore start none. `HOME`, in the settings of the database, is
the directory that the server belongs to.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from . import cluster, sharing
from .place import DatabaseUnavailable


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        try:
            place = sharing.join(self.settings_dict["HOME"])
        except DatabaseUnavailable as error:
            raise psycopg.OperationalError(str(error)) from error
        params = super().get_connection_params()
        return params | {"host": str(place.sockets), "port": cluster.PORT, "user": cluster.ROLE}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            # Only a server that is down is ours to mend; anything else fails again below.
            try:
                sharing.revive(self.settings_dict["HOME"])
            except DatabaseUnavailable as error:
                raise psycopg.OperationalError(str(error)) from error
            return super().get_new_connection(conn_params)
