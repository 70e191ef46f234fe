"""The YAML loader for large files: libyaml's where it is there, safe in either case."""

from __future__ import annotations

from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
