from django.apps import AppConfig


class MusicExploreConfig(AppConfig):
    name = "musicexplore"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from musicexplore import checks  # noqa: F401 - registers them
