"""The history of curation: who did what to which row, newest first. It is for reading alone."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


@admin.register(LogEntry)
class HistoryAdmin(admin.ModelAdmin):
    """Steps in the admin, of whoever took them, not over the API."""

    list_display = ["action_time", "user", "action_flag", "table", "row", "change"]
    list_filter = ["action_flag", "content_type", "user"]
    list_select_related = ["user", "content_type"]
    list_per_page = 50
    show_full_result_count = False  # counting a large table twice takes long
    search_fields = ["object_repr", "change_message"]
    search_help_text = _("words in the row's name or in what was done")
    ordering = ["-pk"]  # as by time, which has no index
    readonly_fields = ["action_time", "user", "action_flag", "table", "row", "change"]
    fields = (*readonly_fields,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("table"))
    def table(self, entry: LogEntry) -> str:
        return str(entry.content_type.name) if entry.content_type else "–"

    @admin.display(description=_("row"))
    def row(self, entry: LogEntry) -> str:
        address = None if entry.is_deletion() else entry.get_admin_url()
        name = entry.object_repr or "–"
        return format_html('<a href="{}">{}</a>', address, name) if address else name

    @admin.display(description=_("what was done"))
    def change(self, entry: LogEntry) -> str:
        return entry.get_change_message() or "–"
