"""Many rows in one statement, where the ORM would need one for each or a very long one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Value

_ARRAYS = {int: "bigint[]", str: "text[]", bytes: "bytea[]"}


def any_of(name: str, values: Iterable[Any]) -> Func:
    """A condition for `filter`: the field has one of very many values, all of one type.

    They are one parameter of the query, where IN has one for each. Meant for queries of a single
    table: in a join, a planner without statistics may go through all values for every row.
    """
    given = list(values)
    array = _ARRAYS[type(given[0])] if given else "bigint[]"
    return Func(
        F(name) if given else Value(0),  # nothing is one of no values
        Value(given),
        arg_joiner=" = ANY(",
        # Of the column's own type, or the server compares them one by one.
        template=f"%(expressions)s::{array})",
        output_field=models.BooleanField(),
    )


def update_rows(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Updates rows by primary key: each of `rows` is the id, then a value per field."""
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = [_column(model, name) for name in ("id", *fields)]
    names = [quote(str(column.column)) for column in columns]
    arrays = ", ".join(f"%s::{column.rel_db_type(connection)}[]" for column in columns)
    assignments = ", ".join(f"{name} = given.{name}" for name in names[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS kept SET {assignments} "
            f"FROM unnest({arrays}) AS given ({', '.join(names)}) "
            f"WHERE kept.{names[0]} = given.{names[0]}",
            [list(values) for values in zip(*rows, strict=True)],
        )


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Inserts rows by COPY: each of `rows` is a value per field; keys are given by the database."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(_column(model, name).column)) for name in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Lets the planner know of many new rows, which it would otherwise learn of a minute later.

    Until then it takes tables for nearly empty, and a query that joins them may take minutes.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(quote(table._meta.db_table) for table in tables)}")


def _column(model: type[models.Model], name: str) -> models.Field:
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)  # not the far end of another model's relation
    return column
