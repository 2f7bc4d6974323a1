"""`TOCSIN_X_FILE=/run/secrets/x` sets X to that file's content: how Docker and Kubernetes hand over secrets."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `<PREFIX><FIELD>_FILE` for every field. A file that cannot be read is an error, not an unset value."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{self.config['env_prefix']}{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"TOCSIN_{field_name.upper()}_FILE: cannot read {path}: {error.strerror}") from error
        return text, field_name, self.field_is_complex(field)

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, is_json = self.get_field_value(field, name)
            if value is not None:
                found[key] = json.loads(value) if is_json else value
        return found
