"""The scripts of the films and their kit, imported from `content/` as their authors run them."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

CONTENT = Path(__file__).resolve().parents[2] / "content"


def drawing(slug: str) -> ModuleType:
    """The module `draw.py` of a riddle's folder; what it computes needs no drawing library."""
    return _module(f"drawing_{slug.replace('-', '_')}", CONTENT / slug / "draw.py")


def kit() -> ModuleType:
    """The module `studio`, found as the scripts find it."""
    if str(CONTENT) not in sys.path:
        sys.path.insert(0, str(CONTENT))
    return importlib.import_module("studio")


def _module(name: str, file: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        # Dataclasses look their module up by name while it is still being read.
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]
