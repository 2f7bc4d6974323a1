"""`TOCSIN_X_FILE=/run/secrets/x` sets X to that file's content: how Docker and Kubernetes hand over secrets."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource


@dataclass(frozen=True)
class UnreadableFile:
    """Instead of a value: what is wrong with one file must not hide what is wrong with other variables."""

    variable: str
    path: str
    why: str

    def __str__(self) -> str:
        return f"the file {self.path} ({self.variable}) cannot be read: {self.why}"


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `<PREFIX><FIELD>_FILE` for every field. A file that cannot be read is an error, not an unset value."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 (pydantic's)
        variable = f"{self.config['env_prefix']}{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            return UnreadableFile(variable, path, error.strerror or str(error)), field_name, False
        except UnicodeDecodeError:
            return UnreadableFile(variable, path, "it is no UTF-8"), field_name, False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found
