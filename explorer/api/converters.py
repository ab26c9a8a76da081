"""Names of networks and layers in addresses, as they are shown."""

from typing import cast

from django.urls import register_converter
from django.urls.converters import SlugConverter

from explorer.anonymity import Kind, names


class NameConverter(SlugConverter):
    """Views are given the true name; an address with any other leads nowhere."""

    kind: Kind

    def to_python(self, value: str) -> str:
        name = names().true(self.kind, value)
        if name is None:
            raise ValueError(value)
        return name

    def to_url(self, value: str) -> str:
        return names().shown(self.kind, value)


for kind in ("model", "layer"):
    converter = type(f"{kind.title()}Converter", (NameConverter,), {"kind": kind})
    register_converter(cast(type[NameConverter], converter), kind)
