"""Pages of lists, with bad page numbers refused like any other bad parameter."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from tracks.selection import LARGEST_NUMBER


class Pages(PageNumberPagination):
    """`?page=` from 1 and `?page_size=`; a page past the end is 404, a malformed number 400."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        for name in (self.page_query_param, self.page_size_query_param):
            text = request.query_params.get(name)
            if text is not None and not (text.isdecimal() and 0 < int(text) <= LARGEST_NUMBER):
                raise ValidationError({name: [f"“{text}” is not a number from 1."]})
        return super().paginate_queryset(queryset, request, view)
